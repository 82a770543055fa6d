/**
 * lmdb's native part, found quickly, and its environment with locks that work. The build puts this
 * in the place of the package that lmdb finds its native part with.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** MDB_RDONLY of lmdb.h. */
const READ_ONLY = 0x20000;

/** lmdb's native part, as far as it is used here. */
interface NativeAddon {
  readonly Env: new () => NativeEnvironment;
  readonly Txn: new (environment: NativeEnvironment, flags: number) => { abort(): void };
}

interface NativeEnvironment {
  /** Returns zero, or LMDB's error code. */
  open(...options: unknown[]): number | undefined;
  close(): void;
  /** lmdb's mark of a transaction under way, within which another one begins without the lock. */
  writeTxn?: unknown;
  beginTxn(flags: number): void;
}

export default function loadNativeAddon(): NativeAddon {
  const addon = findNativeAddon();
  return Object.create(addon, { Env: { value: withWorkingLocks(addon) } });
}

/** That package looks into many places, which takes longer than loading; those that count are few. */
function findNativeAddon(): NativeAddon {
  const { platform, arch, versions } = process;
  const libc = platform === 'linux' ? (isMusl() ? '.musl' : '.glibc') : '';
  const files = [`abi${versions.modules}`, 'napi'].map(
    (abi) => `@lmdb/lmdb-${platform}-${arch}/node.${abi}${libc}.node`,
  );
  const found = nearby()
    .flatMap((folder) => files.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  // By its whole path, and by Node's own way of loading: lmdb itself may be in the same process.
  const requireHere = createRequire(import.meta.url);
  if (found !== undefined) return requireHere(found);
  // Beside lmdb, wherever the package manager has put it.
  const lmdb = requireHere.resolve('lmdb');
  const requireThere = createRequire(lmdb);
  for (const name of files) {
    try {
      return requireThere(name);
    } catch {
      // The next one, and in the end lmdb's own way, which says what is missing.
    }
  }
  return requireThere('node-gyp-build-optional-packages')(dirname(dirname(lmdb)));
}

/** Where npm puts the packages that the built file needs: inside of its own package, or beside it. */
function nearby(): string[] {
  const ownPackage = dirname(dirname(fileURLToPath(import.meta.url)));
  return [join(ownPackage, 'node_modules'), dirname(ownPackage)];
}

/**
 * When LMDB closes a store as its only user, it destroys the locks in the lock file, also where
 * another process is opening the store and waits just for that (mdb.c, mdb_env_close0). That one's
 * locks then fail. lmdb (3.5.6) takes no notice and goes on without a transaction, with a remark
 * of its own on stderr. So the locks are tried here, and where they fail the store is closed again,
 * and what failed is thrown: whoever opens the store next, as its only user, makes new locks.
 */
function withWorkingLocks({ Env, Txn }: NativeAddon): NativeAddon['Env'] {
  return class extends Env {
    #waitForTurn: (() => void) | undefined;

    override open(...options: unknown[]): number | undefined {
      const failure = super.open(...options);
      if (failure) return failure;
      try {
        new Txn(this, READ_ONLY).abort();
      } catch (error) {
        this.close();
        throw Object.assign(error as Error, { isOfLocks: true });
      }
      this.#waitForTurn = (options[0] as { waitForTurn?(): void }).waitForTurn;
      return failure;
    }

    /** Waits for a turn before LMDB takes its lock on writing: see write-turn.ts. */
    override beginTxn(flags: number): void {
      if (!this.writeTxn) this.#waitForTurn?.();
      super.beginTxn(flags);
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
