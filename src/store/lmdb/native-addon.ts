/**
 * lmdb's native part, found quickly, and its environment with repaired locks. The build replaces
 * the package with which lmdb finds its native part by this file.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silenceNativePart } from './native-messages.js';

/** MDB_RDONLY of lmdb.h. */
export const READ_ONLY = 0x20000;

/** The parts of lmdb's native module that are used here. */
interface NativeAddon {
  readonly Env: new () => NativeEnvironment;
  readonly Txn: new (environment: NativeEnvironment, flags: number) => NativeTransaction;
}

interface NativeTransaction {
  commit(): void;
  abort(): void;
}

interface NativeEnvironment {
  /** Returns zero, or LMDB's error code. */
  open(...options: unknown[]): number | undefined;
  close(): void;
  /** lmdb's mark of a transaction under way, in which a nested one begins without the lock. */
  writeTxn?: unknown;
  beginTxn(flags: number): void;
  commitTxn(): void;
  abortTxn(): void;
  /** The number of the write transaction under way; zero if LMDB has begun none. */
  getWriteTxnId(): number;
  /**
   * Runs a transaction in the background; `told` gets its progress, and at the end its error code
   * or zero.
   */
  startWriting(address: number, progress: (status: number) => unknown): void;
}

/** MDB_PANIC of lmdb.h: after a failed write LMDB begins no more transactions. */
const PANIC = -30795;

/** The codes for progress and success of a transaction in the background. */
const goingWell: readonly number[] = [0, 1, 2];

/** Options of lmdb that this file needs: lmdb passes all its options to the native part. */
export interface AddonOptions {
  readonly readOnly: boolean;
  /** Waits until nobody else writes. */
  waitForTurn(): void;
  /** Whether the transaction that lmdb is about to begin only opens an existing database. */
  onlyOpens(): boolean;
  /** A transaction in the background could not begin or commit: LMDB's error code. */
  failed(code: number): void;
}

export default function loadNativeAddon(): NativeAddon {
  const addon = findNativeAddon();
  return Object.create(addon, { Env: { value: withWorkingLocks(addon) } });
}

/** That package looks in many places, which takes longer than loading; only a few matter. */
function findNativeAddon(): NativeAddon {
  const file = nativeAddonFile();
  if (file !== undefined) return createRequire(import.meta.url)(file);
  // lmdb's own way, which reports what is missing.
  const lmdb = createRequire(import.meta.url).resolve('lmdb');
  return createRequire(lmdb)('node-gyp-build-optional-packages')(dirname(dirname(lmdb)));
}

/** The file of lmdb's native part; undefined if it is at none of the usual places. */
export function nativeAddonFile(): string | undefined {
  const { platform, arch, versions } = process;
  const libc = platform === 'linux' ? (isMusl() ? '.musl' : '.glibc') : '';
  const files = [`abi${versions.modules}`, 'napi'].map(
    (abi) => `@lmdb/lmdb-${platform}-${arch}/node.${abi}${libc}.node`,
  );
  const found = nearby()
    .flatMap((folder) => files.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  // By its full path, and with Node's own loader: lmdb itself may be loaded in the same process.
  if (found !== undefined) return found;
  // Beside lmdb, wherever the package manager has put it.
  const requireThere = createRequire(createRequire(import.meta.url).resolve('lmdb'));
  for (const name of files) {
    try {
      return requireThere.resolve(name);
    } catch {
      // Tries the next.
    }
  }
  return undefined;
}

/** Where npm puts the packages that the built file needs: inside its own package, or beside it. */
function nearby(): string[] {
  const ownPackage = dirname(dirname(fileURLToPath(import.meta.url)));
  return [join(ownPackage, 'node_modules'), dirname(ownPackage)];
}

/**
 * The environment, with repairs.
 *
 * When LMDB closes a store as its only user, it destroys the locks in the lock file, even if
 * another process is just opening the store and waiting for them (mdb.c, mdb_env_close0). Locking
 * then fails in that process; lmdb (3.5.6) ignores it and continues without a transaction, with a
 * message on stderr. So the locks are tried here, and if they fail the store is closed and the
 * error thrown: the next to open the store, as its only user, makes new locks.
 */
function withWorkingLocks({ Env, Txn }: NativeAddon): NativeAddon['Env'] {
  return class extends Env {
    #options: Partial<AddonOptions> | undefined;
    #opening: NativeTransaction | undefined;

    override open(...options: unknown[]): number | undefined {
      const failure = super.open(...options);
      if (failure) return failure;
      try {
        new Txn(this, READ_ONLY).abort();
      } catch (error) {
        this.close();
        throw Object.assign(error as Error, { isOfLocks: true });
      }
      this.#options = options[0] as Partial<AddonOptions>;
      if (!this.#options.readOnly) silenceNativePart();
      return failure;
    }

    /**
     * Waits for a turn before LMDB takes its write lock: see write-turn.ts. lmdb opens a database
     * in a write transaction; a read transaction does as well, and waits for nobody.
     */
    override beginTxn(flags: number): void {
      if (!this.writeTxn && this.#options?.onlyOpens?.()) {
        this.#opening = new Txn(this, READ_ONLY);
        return;
      }
      if (!this.writeTxn) this.#options?.waitForTurn?.();
      super.beginTxn(flags);
      // lmdb does not check whether LMDB has begun one.
      if (this.getWriteTxnId() > 0) return;
      super.abortTxn();
      throw Object.assign(new Error('no transaction was begun'), { code: PANIC });
    }

    /**
     * If this fails, lmdb tells promises that nobody can reach, which ends the process, or nobody.
     * So it is not told; and as it then still waits, it must neither write nor be closed any more.
     */
    override startWriting(address: number, progress: (status: number) => unknown): void {
      super.startWriting(address, (status) => {
        if (goingWell.includes(status) || !this.#options?.failed) return progress(status);
        return this.#options.failed(status);
      });
    }

    override commitTxn(): void {
      const opening = this.#opening;
      this.#opening = undefined;
      if (opening) opening.commit();
      else super.commitTxn();
    }

    override abortTxn(): void {
      const opening = this.#opening;
      this.#opening = undefined;
      if (opening) opening.abort();
      else super.abortTxn();
    }
  };
}

/** Whether the system's C library is musl. */
export function isMusl(): boolean {
  return existsSync('/etc/alpine-release') || existsSync(`/lib/ld-musl-${muslArch()}.so.1`);
}

function muslArch(): string {
  return process.arch === 'x64' ? 'x86_64' : process.arch === 'arm64' ? 'aarch64' : process.arch;
}
