/** Opens LMDB's environment, and tries again if others are just closing it. */
import { open } from 'lmdb';
import { KvError } from '../../errors.js';
import { type Patience, REPORT_MS } from '../patience.js';
import type { RootDb } from './database.js';
import { lacks } from './trial.js';

/** The most attempts: each failure means that somebody has closed the store meanwhile. */
const ATTEMPTS = 200;

/** Milliseconds between two attempts. */
const PAUSE_MS = 1;

/** EINVAL: the error of a destroyed lock, and of a file system for a missing feature. */
const INVALID = 22;

/**
 * EAGAIN: LMDB marks the readers of a process by a lock on one byte, at its process id, which a
 * process with the same id in another container may hold.
 */
const ID_IS_TAKEN = 11;

/** How long a process waits for another with its id by default, in ms. */
const ID_PATIENCE_MS = 10_000;

/** EINVAL, ENODEV, ENOLCK, ENOSYS, EOPNOTSUPP: errors of a file system for missing features. */
const lacking: readonly unknown[] = [INVALID, 19, 37, 38, 95];

/** The environment in the folder `path`. Throws lmdb's errors, and `busy`. */
export function openEnvironment(
  path: string,
  options: object,
  { limit = ID_PATIENCE_MS, waiting, idIsTaken: tell }: Patience = {},
): RootDb {
  let failed: number | undefined;
  let isReported = false;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      return open<Buffer, Buffer>(path, options) as RootDb;
    } catch (error) {
      const { code, isOfLocks } = error as { code?: unknown; isOfLocks?: true };
      // See native-addon.ts.
      if (isOfLocks && code === ID_IS_TAKEN) {
        tell?.();
        // The clock is not read earlier: loading it takes 2 ms.
        failed ??= performance.now();
        const elapsed = performance.now() - failed;
        if (elapsed >= limit) throw otherHasId(path, error);
        if (elapsed >= REPORT_MS && !isReported) {
          isReported = true;
          waiting?.(otherOfId());
        }
        attempt--;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
        continue;
      }
      if (!(isOfLocks && code === INVALID))
        throw lacking.includes(code) ? lacks(path, error) : error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
  throw new KvError('busy', `cannot open store "${path}": others were closing it each time`);
}

function otherHasId(path: string, cause: unknown): KvError {
  const state = `${otherOfId()}, has it open`;
  return new KvError('busy', `cannot open store "${path}": ${state}`, {
    hint: 'try again, wait longer with --wait DUR, or start kv under another id: sh -c "kv …; exit"',
    cause,
  });
}

function otherOfId(): string {
  return `a process of another container that has the same id, ${process.pid}`;
}
