/** Maintenance of a store on Redis: what works on a store's files is refused, since it has none. */
import { KvError } from '../../errors.js';
import { sourceOfChunks } from '../backup/byte-source.js';
import { RecordBackup } from '../backup/record-backup.js';
import { inspectBackup } from '../lmdb/backup/read-backup.js';
import { saveBackup } from '../lmdb/backup/save-backup.js';
import type { Maintenance } from '../maintenance.js';
import type { Patience } from '../patience.js';
import { openRedisStore } from './open-redis.js';
import { restoreTo } from './restore.js';

/** Operations that need files throw `not-supported`. */
export function redisMaintenance(address: string, patience?: Patience): Maintenance {
  const refuse = (action: string, hint: string) => (): never => {
    const state = 'it lies on Redis, and has no files of its own';
    throw new KvError('not-supported', `cannot ${action} store "${address}": ${state}`, { hint });
  };
  return {
    check: refuse('check', 'each value is checked when it is read'),
    salvage: refuse('salvage', 'try: kv store backup, whose records kv store restore takes'),
    upgrade: refuse('upgrade', 'try: kv store backup, whose records kv store restore takes'),
    compaction: refuse('compact', 'what is deleted leaves its server at once'),
    readers: refuse('list the readers of', 'nobody who reads holds anything up there'),
    async backup({ earlier }) {
      if (earlier !== undefined) {
        throw new KvError(
          'not-supported',
          `cannot back up store "${address}" with --since: it lies on Redis, and nothing there says what has changed`,
          { hint: 'without it, all of it is written' },
        );
      }
      const store = await openRedisStore(address, 'read', patience);
      if (store === undefined) {
        throw new KvError('no-store', `cannot open store "${address}": there is none`);
      }
      return new RecordBackup(store, saveBackup);
    },
    async restore(backups, options) {
      const store = (await openRedisStore(address, 'write', patience))!;
      try {
        return await restoreTo(store, backups, options);
      } finally {
        await store.close();
      }
    },
    inspect: (backup) => inspectBackup(sourceOfChunks(backup)),
  };
}
