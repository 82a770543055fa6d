/** Maintenance works on a store's files, and a store on Redis has none. */
import { KvError } from '../../errors.js';
import type { Maintenance } from '../maintenance.js';

/** Each operation throws `not-supported`. */
export function noMaintenance(address: string): Maintenance {
  const refuse = (action: string, hint: string) => (): never => {
    const state = 'it lies on Redis, and has no files of its own';
    throw new KvError('not-supported', `cannot ${action} store "${address}": ${state}`, { hint });
  };
  const records = 'try: kv export, whose records kv import takes';
  return {
    check: refuse('check', 'each value is checked when it is read'),
    salvage: refuse('salvage', records),
    backup: refuse('back up', records),
    restore: refuse('restore', 'try: kv import, for what kv export wrote'),
    upgrade: refuse('upgrade', records),
    compaction: refuse('compact', 'what is deleted leaves its server at once'),
    readers: refuse('list the readers of', 'nobody who reads holds anything up there'),
    inspect: refuse(
      'inspect a backup at',
      'try: kv store backup --inspect with a store in a folder',
    ),
  };
}
