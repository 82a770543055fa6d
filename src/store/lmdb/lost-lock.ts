/**
 * A lock file that is deleted or replaced while a store is in use: whoever opens the store then
 * locks by another file than those who have it open, and LMDB would let both write at once, which
 * destroys it. So
 *
 * - who has the store open looks, with each transaction that it begins and again before it commits,
 *   whether its lock file is the one at its path, and does not write where it is not;
 * - who opens a store whose lock file nobody has used yet waits until no process has the data file in its
 *   memory, so that none is in the midst of a transaction. The first one to use it marks it as used.
 */
import { join } from 'node:path';
import { KvError } from '../../errors.js';
import type { Patience } from '../patience.js';
import { DATA_FILE, LOCK_FILE } from './layout.js';
import type { LockFile } from './lock-file.js';
import { processThatMaps } from './mapped-by.js';

/** How long others are waited for that are just ending, in ms, and what passes between two looks. */
const PATIENCE_MS = 1000;
const PAUSE_MS = 20;

const HINT = 'end every process that has the store open, then go on';

/** Throws `io` where a store's lock file is another one than when it was opened. */
export function checkLock(path: string, lockFile: LockFile): void {
  if (lockFile.isAtPath()) return;
  const state = `its ${LOCK_FILE} was removed or replaced while it was in use`;
  throw new KvError('io', `cannot write to store "${path}": ${state}`, { hint: HINT });
}

/** Waits until no process has a store open by a lock file that is no longer there. Throws `io`. */
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
