/** An environment opened with a lock file that all its users share. */
import { join } from 'node:path';
import type { Patience } from '../patience.js';
import { processLimits } from '../process-limits.js';
import type { Milliseconds } from '../record.js';
import type { Mode } from '../store.js';
import { Environment } from './environment.js';
import { LOCK_FILE } from './layout.js';
import { LockFile } from './lock-file.js';
import { awaitFormerUsers } from './lost-lock.js';
import { ensureLockFile } from './make-lock-file.js';

interface LockedOptions {
  /**
   * Whether this process has just made the store, so that nobody has it open with another lock
   * file.
   */
  readonly isMade?: boolean;
  readonly patience?: Patience | undefined;
  /** The clock for expiry. */
  readonly now?: (() => Milliseconds) | undefined;
}

/** Opens a file that has been checked. Throws `io`, `busy`, `full`, `damaged`, `not-a-store`. */
export function openLocked(
  path: string,
  mode: Mode,
  { isMade = false, patience, now }: LockedOptions = {},
): Environment {
  // Reading the limits takes a descriptor: the lock file may get the last one.
  const limits = processLimits();
  ensureLockFile(path, mode);
  const lockFile = new LockFile(join(path, LOCK_FILE));
  try {
    if (!isMade) awaitFormerUsers(path, lockFile, patience);
    return new Environment(path, mode === 'read', { patience, limits, now });
  } finally {
    lockFile.close();
  }
}
