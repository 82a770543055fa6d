/** The backups that are given to be restored: one of records, or a chain of pages. */
import { KvError } from '../../errors.js';
import { BackupInput } from './backup-input.js';
import { sourceOfChunks } from './byte-source.js';
import { isOfRecords } from './read-records.js';

/** What restores each kind. */
export interface Restorers<T> {
  records(input: BackupInput): Promise<T>;
  pages(inputs: readonly BackupInput[]): Promise<T>;
}

/**
 * Opens the backups, restores them by their kind, and closes them. Rejects with `usage` for none, and for others
 * behind one of records; `rejected`; and as what restores them does.
 */
export async function restoreGiven<T>(
  backups: readonly AsyncIterable<Uint8Array>[],
  restorers: Restorers<T>,
): Promise<T> {
  const inputs = backups.map((chunks) => new BackupInput(sourceOfChunks(chunks)));
  const [first, next] = inputs;
  if (first === undefined) throw new KvError('usage', 'no backup was given');
  try {
    if (!(await isOfRecords(first))) return await restorers.pages(inputs);
    if (next === undefined) return await restorers.records(first);
    throw new KvError('usage', 'a backup of records is whole, and none continues it');
  } finally {
    for (const input of inputs) await input.close();
  }
}
