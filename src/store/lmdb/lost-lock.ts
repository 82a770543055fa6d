/**
 * Handles a lock file that is deleted or replaced while a store is in use: whoever opens the store
 * then would lock another file than those who have it open, and LMDB would let both write at once,
 * which destroys the store. So
 *
 * - whoever has the store open checks, at the beginning of each transaction and again before the
 * commit, that its lock file is still at its path, and otherwise does not write; - whoever opens a
 * store with an unused lock file waits until no process has mapped the data file, so that none is
 * inside a transaction. The first user marks the lock file as used.
 */
import { join } from 'node:path';
import { KvError } from '../../errors.js';
import type { Patience } from '../patience.js';
import { DATA_FILE, LOCK_FILE } from './layout.js';
import type { LockFile } from './lock-file.js';
import { processThatMaps } from './mapped-by.js';

/** How long to wait for others that are just ending, in ms, and the time between two looks. */
const PATIENCE_MS = 1000;
const PAUSE_MS = 20;

const HINT = 'end every process that has the store open, then go on';

/** Throws `io` if a store's lock file is not the one with which it was opened. */
export function checkLock(path: string, lockFile: LockFile): void {
  if (lockFile.isAtPath()) return;
  const state = `its ${LOCK_FILE} was removed or replaced while it was in use`;
  throw new KvError('io', `cannot write to store "${path}": ${state}`, { hint: HINT });
}

/** Waits until no process has a store open with a lock file that no longer exists. Throws `io`. */
export function awaitFormerUsers(path: string, lockFile: LockFile, patience: Patience = {}): void {
  const { limit = PATIENCE_MS } = patience;
  for (let waited = 0; lockFile.isUnused(); waited += PAUSE_MS) {
    const user = processThatMaps(join(path, DATA_FILE));
    if (user === undefined) return;
    if (waited >= Math.min(limit, PATIENCE_MS)) {
      const state = `its ${LOCK_FILE} was removed while process ${user} had it open, and still has`;
      throw new KvError('io', `cannot open store "${path}": ${state}`, { hint: HINT });
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
}
