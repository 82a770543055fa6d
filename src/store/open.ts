/** Opens a store by its name: a path, or the address of a store elsewhere. */
import { KvError } from '../errors.js';
import type { Maintenance } from './maintenance.js';
import type { Patience } from './patience.js';
import { redisSchemes } from './redis/schemes.js';
import type { Mode, Store } from './store.js';

/** The beginning of an address that is not a folder. */
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;

/**
 * The store of that name. If there is none: undefined; to `write` it is made. Throws
 * `not-supported` for an unknown scheme, `not-a-store`, `unknown-format`, `damaged`, `io`, `full`,
 * `busy`.
 */
export async function openStore(
  name: string,
  mode: Mode,
  patience?: Patience,
): Promise<Store | undefined> {
  if (isOnRedis(name)) {
    const redis = await import('./redis/open-redis.js');
    return redis.openRedisStore(name, mode, patience);
  }
  checkIsFolder(name);
  const lmdb = await import('./lmdb/open-store.js');
  return lmdb.openStore(name, mode, patience);
}

/** The operations on the store of that name from outside. Throws `not-supported` as above. */
export async function maintenanceOf(name: string, patience?: Patience): Promise<Maintenance> {
  if (isOnRedis(name)) {
    const { redisMaintenance } = await import('./redis/redis-maintenance.js');
    return redisMaintenance(name, patience);
  }
  checkIsFolder(name);
  const check = await import('./lmdb/check/check-store.js');
  const salvaging = await import('./lmdb/salvage/salvage-store.js');
  const [{ makeBackup }, { restoreBackups }, { inspectBackup }, { sourceOfChunks }] =
    await Promise.all([
      import('./lmdb/backup/make-backup.js'),
      import('./lmdb/backup/restore-backup.js'),
      import('./lmdb/backup/read-backup.js'),
      import('./backup/byte-source.js'),
    ]);
  const { upgradeOf } = await import('./lmdb/upgrade/upgrade-store.js');
  const { compactionOf } = await import('./lmdb/compact/compaction-of.js');
  const { listReaders } = await import('./lmdb/readers/list-readers.js');
  return {
    check: () => check.checkOf(name, patience),
    salvage: (path, options) => salvaging.salvage(name, path, options),
    backup: (options) => makeBackup(name, { ...options, patience }),
    restore: (backups, options) => restoreBackups(name, backups, options),
    upgrade: () => upgradeOf(name),
    compaction: () => compactionOf(name, patience),
    readers: () => listReaders(name, patience),
    inspect: (backup) => inspectBackup(sourceOfChunks(backup)),
  };
}

function isOnRedis(name: string): boolean {
  const scheme = schemeOf(name);
  return scheme !== undefined && Object.hasOwn(redisSchemes, scheme);
}

function schemeOf(name: string): string | undefined {
  return SCHEME.exec(name)?.[1]?.toLowerCase();
}

function checkIsFolder(name: string): void {
  const scheme = schemeOf(name);
  if (scheme === undefined) return;
  // The rest of the address may contain a password.
  const state = 'a store is a folder, or lies on Redis';
  throw new KvError('not-supported', `cannot open a store at "${scheme}://…": ${state}`, {
    hint: `try: --store PATH, or redis://HOST:PORT/PREFIX, or ./${scheme}:… for a folder of that name`,
  });
}
