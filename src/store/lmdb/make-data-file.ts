/** Makes the file of an empty store. */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { firstMetaPages } from './file/new-metas.js';
import { writeWhole } from './flush.js';
import { DATA_FILE } from './layout.js';

/**
 * Makes the file in a folder without one, as LMDB would. Throws errors of writing: if LMDB's own
 * first write fails, lmdb (3.5.6) uses freed memory, and the process dies.
 */
export function makeDataFile(folder: string): void {
  const descriptor = openSync(join(folder, DATA_FILE), 'wx', 0o600);
  try {
    writeWhole(descriptor, firstMetaPages(), 0);
  } finally {
    closeSync(descriptor);
  }
}
