/** Opening LMDB's environment, again where others are just closing it. */
import { open } from 'lmdb';
import { KvError } from '../../errors.js';
import type { RootDb } from './database.js';

/** How often it is tried: each time it fails, somebody else has closed the store meanwhile. */
const ATTEMPTS = 200;

/** What passes between two attempts, in ms. */
const PAUSE_MS = 1;

/** EINVAL: what using a lock says that has been destroyed; and a file system, of what it lacks. */
const INVALID = 22;

/** EINVAL, ENODEV, ENOLCK, ENOSYS, EOPNOTSUPP: what a file system may say of what it lacks. */
const lacking: readonly unknown[] = [INVALID, 19, 37, 38, 95];

/** The environment in the folder `path`. Throws what lmdb throws, and `busy`. */
export function openEnvironment(path: string, options: object): RootDb {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      return open<Buffer, Buffer>(path, options) as RootDb;
    } catch (error) {
      const { code, isOfLocks } = error as { code?: unknown; isOfLocks?: true };
      // See native-addon.ts.
      if (!(isOfLocks && code === INVALID))
        throw lacking.includes(code) ? lacks(path, error) : error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
  throw new KvError('busy', `cannot open store "${path}": others were closing it each time`);
}

function lacks(path: string, cause: unknown): KvError {
  const state =
    'the file system, or the system, lacks the shared maps or the locks that LMDB needs';
  return new KvError('io', `cannot open store "${path}": ${state}`, { cause });
}
