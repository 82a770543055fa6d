/** Checks whether an incremental backup of a store can begin at an earlier backup. */
import { KvError } from '../../../errors.js';
import type { Patience } from '../../patience.js';
import { KNOWN_BACKUPS } from '../backups-entry.js';
import { HeldFile } from '../check/held-file.js';
import { readMainTree } from '../check/main-tree.js';
import { Scan } from '../check/scan.js';
import type { Head } from './backup-format.js';
import { readBackupHead } from './read-backup.js';

/**
 * The head of an earlier backup, checked before anything is noted of a backup that cannot be made.
 * Nothing of it is read before the store is open. Rejects as `checkBase` throws, and with `rejected`.
 */
export async function checkedBase(
  path: string,
  earlier: AsyncIterable<Uint8Array>,
  patience?: Patience,
): Promise<Head> {
  const held = await HeldFile.open(path, patience);
  try {
    const base = await readBackupHead(earlier);
    checkBase(path, base, held, KNOWN_BACKUPS);
    return base;
  } finally {
    await held.close();
  }
}

/**
 * Throws `usage` if the earlier backup is not of a state that this store went through. A copy of
 * the store's file, or a restored store, shares only the states before it was copied.
 */
export function checkBase(path: string, base: Head, { file, meta }: HeldFile, known: number): void {
  const { backups: own } = readMainTree(new Scan(file, meta));
  const isKnown = own?.backups.slice(-known).includes(base.moment) ?? false;
  if (isKnown && base.pageSize === file.pageSize) return;
  if (own === undefined || (base.store !== null && base.store !== own.store)) {
    throw unfit(path, 'the earlier backup is of another store');
  }
  const last = `the last ${KNOWN_BACKUPS} that this store knows`;
  throw unfit(
    path,
    `the earlier backup is not one of ${last}: it is of a copy, or was not noted, or is too old`,
  );
}

function unfit(path: string, state: string): KvError {
  return new KvError('usage', `cannot back up store "${path}": ${state}`, {
    hint: 'try: without --since',
  });
}
