/** Lists who reads a store, and how many pages that keeps from being reused. */
import { join } from 'node:path';
import { KvError } from '../../../errors.js';
import type { Readers, StoreReader } from '../../maintenance.js';
import type { Patience } from '../../patience.js';
import { HeldFile } from '../check/held-file.js';
import { type FreedPages, freedPages } from '../file/free-lists.js';
import { LOCK_FILE } from '../layout.js';
import { LockFile } from '../lock-file.js';
import { ageOf, isRunning } from '../process-identity.js';
import { nameOfUser } from '../process-name.js';
import { oldestRead } from './reader-table.js';

/** See `Maintenance.readers`. */
export async function listReaders(path: string, patience?: Patience): Promise<Readers> {
  const lockFile = new LockFile(join(path, LOCK_FILE));
  try {
    // LMDB clears their slots when it opens the store.
    const dead = [...lockFile.readers()].filter((id) => !isRunning(id));
    const held = await HeldFile.open(path, patience);
    try {
      if (!held.isHeld) throw held.refusal ?? cannotBeOpened(path);
      const places = held.readers();
      const there = new Set(places.map(({ process }) => process));
      const freed = [...freedPages(held.file, held.meta)];
      const newest = Number(held.meta.transaction);
      const readers = [...there]
        .filter((id) => id !== process.pid)
        .sort((a, b) => a - b)
        .map((id): StoreReader => {
          const transaction = oldestRead(places.filter((place) => place.process === id));
          const pages = transaction === undefined ? 0 : heldBack(freed, transaction, newest);
          const name = nameOfUser(id, path);
          const age = ageOf(id);
          return {
            process: id,
            ...(name !== undefined && { name }),
            ...(age !== undefined && { age }),
            ...(transaction !== undefined && { transaction }),
            heldBytes: pages * held.file.pageSize,
          };
        });
      return { transaction: newest, readers, cleared: dead.filter((id) => !there.has(id)) };
    } finally {
      await held.close();
    }
  } finally {
    lockFile.close();
  }
}

/** The number of pages that writers could use if nobody read the state of `transaction`. */
function heldBack(freed: readonly FreedPages[], transaction: number, newest: number): number {
  let pages = 0;
  for (const list of freed) {
    // Writers never reuse what the last transaction freed.
    if (list.transaction < transaction || list.transaction >= newest) continue;
    for (const { count } of list.runs) pages += count;
  }
  return pages;
}

function cannotBeOpened(path: string): KvError {
  return new KvError('damaged', `cannot list the readers of store "${path}": it cannot be opened`, {
    hint: 'try: kv store check',
  });
}
