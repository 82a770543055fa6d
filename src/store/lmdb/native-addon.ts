/**
 * lmdb's native part, found quickly, and its environment with locks that work. The build puts this
 * in the place of the package that lmdb finds its native part with.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silenceNativePart } from './native-messages.js';

/** MDB_RDONLY of lmdb.h. */
export const READ_ONLY = 0x20000;

/** lmdb's native part, as far as it is used here. */
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
  /** lmdb's mark of a transaction under way, within which another one begins without the lock. */
  writeTxn?: unknown;
  beginTxn(flags: number): void;
  commitTxn(): void;
  abortTxn(): void;
  /** The number of the write transaction under way; zero where LMDB has begun none. */
  getWriteTxnId(): number;
  /**
   * Runs a transaction in the background; `told` hears how it goes, and in the end its error code
   * or zero.
   */
  startWriting(address: number, told: (status: number) => unknown): void;
}

/** MDB_PANIC of lmdb.h: after a failed write LMDB begins no more transactions. */
const PANIC = -30795;

/**
 * What lmdb's own part says while a transaction in the background goes on, or when it has gone
 * well.
 */
const goingWell: readonly number[] = [0, 1, 2];

/** What lmdb is opened with for this file's sake: it hands the native part all that it is given. */
export interface AddonOptions {
  readonly readOnly: boolean;
  /** Waits until nobody else writes. */
  waitForTurn(): void;
  /**
   * Whether the transaction that lmdb is about to begin opens a database that is there, and no
   * more.
   */
  onlyOpens(): boolean;
  /** A transaction in the background was not begun, or not committed: LMDB's error code. */
  failed(code: number): void;
}

export default function loadNativeAddon(): NativeAddon {
  const addon = findNativeAddon();
  return Object.create(addon, { Env: { value: withWorkingLocks(addon) } });
}

/** That package looks into many places, which takes longer than loading; those that count are few. */
function findNativeAddon(): NativeAddon {
  const file = nativeAddonFile();
  if (file !== undefined) return createRequire(import.meta.url)(file);
  // lmdb's own way, which says what is missing.
  const lmdb = createRequire(import.meta.url).resolve('lmdb');
  return createRequire(lmdb)('node-gyp-build-optional-packages')(dirname(dirname(lmdb)));
}

/** The file of lmdb's native part; undefined where it is at none of the usual places. */
export function nativeAddonFile(): string | undefined {
  const { platform, arch, versions } = process;
  const libc = platform === 'linux' ? (isMusl() ? '.musl' : '.glibc') : '';
  const files = [`abi${versions.modules}`, 'napi'].map(
    (abi) => `@lmdb/lmdb-${platform}-${arch}/node.${abi}${libc}.node`,
  );
  const found = nearby()
    .flatMap((folder) => files.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  // By its whole path, and by Node's own way of loading: lmdb itself may be in the same process.
  if (found !== undefined) return found;
  // Beside lmdb, wherever the package manager has put it.
  const requireThere = createRequire(createRequire(import.meta.url).resolve('lmdb'));
  for (const name of files) {
    try {
      return requireThere.resolve(name);
    } catch {
      // The next one.
    }
  }
  return undefined;
}

/** Where npm puts the packages that the built file needs: inside of its own package, or beside it. */
function nearby(): string[] {
  const ownPackage = dirname(dirname(fileURLToPath(import.meta.url)));
  return [join(ownPackage, 'node_modules'), dirname(ownPackage)];
}

/**
 * The environment, with what is mended of it.
 *
 * When LMDB closes a store as its only user, it destroys the locks in the lock file, also where
 * another process is opening the store and waits just for that (mdb.c, mdb_env_close0). That one's
 * locks then fail. lmdb (3.5.6) takes no notice and goes on without a transaction, with a remark
 * of its own on stderr. So the locks are tried here, and where they fail the store is closed again,
 * and what failed is thrown: whoever opens the store next, as its only user, makes new locks.
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
     * Waits for a turn before LMDB takes its lock on writing: see write-turn.ts. lmdb opens a database
     * in a transaction that writes; one that reads does as well, and waits for nobody.
     */
    override beginTxn(flags: number): void {
      if (!this.writeTxn && this.#options?.onlyOpens?.()) {
        this.#opening = new Txn(this, READ_ONLY);
        return;
      }
      if (!this.writeTxn) this.#options?.waitForTurn?.();
      super.beginTxn(flags);
      // lmdb does not look whether LMDB has begun one.
      if (this.getWriteTxnId() > 0) return;
      super.abortTxn();
      throw Object.assign(new Error('no transaction was begun'), { code: PANIC });
    }

    /**
     * Where this fails, lmdb says so to promises that it has hidden, which ends the process, or to
     * nobody. So it is not told; and as it then still waits, nothing more may be written with it,
     * nor may it be closed.
     */
    override startWriting(address: number, told: (status: number) => unknown): void {
      super.startWriting(address, (status) => {
        if (goingWell.includes(status) || !this.#options?.failed) return told(status);
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
