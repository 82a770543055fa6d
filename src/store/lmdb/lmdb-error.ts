/** Translates LMDB's errors. */
import { type ErrorCode, ioError, KvError } from '../../errors.js';

/** MDB_PANIC of lmdb.h. */
const PANIC = -30795;

/** LMDB's own codes, from lmdb.h; a positive code is an errno. */
const lmdbErrors: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  [-30797]: ['damaged', 'a page is missing'],
  [-30796]: ['damaged', 'a page is damaged'],
  [PANIC]: ['io', 'an earlier write to it failed'],
  [-30794]: ['unknown-format', 'its file is of another version of LMDB'],
  [-30793]: ['not-a-store', 'its file is not an LMDB file'],
  [-30792]: ['full', 'the store has reached its largest size'],
  [-30791]: ['full', 'the store holds as many buckets as it can'],
  [-30790]: ['busy', 'too many processes are reading it'],
  [-30788]: ['full', 'one transaction changed too much'],
  [-30785]: ['busy', 'the file grew under this process'],
  [-30784]: ['busy', 'a reader slot was taken over'],
  [-30780]: ['damaged', 'a bucket changed under this process'],
};

const errnoNames: Readonly<Record<number, string>> = {
  1: 'EPERM',
  2: 'ENOENT',
  5: 'EIO',
  13: 'EACCES',
  20: 'ENOTDIR',
  21: 'EISDIR',
  24: 'EMFILE',
  27: 'EFBIG',
  28: 'ENOSPC',
  30: 'EROFS',
  122: 'EDQUOT',
};

/** The KvError for an error of lmdb; any other error is returned unchanged. */
export function lmdbError(action: string, thrown: unknown): unknown {
  if (thrown instanceof KvError || !(thrown instanceof Error)) return thrown;
  const code = Number((thrown as { code?: unknown }).code);
  if (!Number.isInteger(code)) return thrown;
  const known = lmdbErrors[code];
  if (known) return new KvError(known[0], `cannot ${action}: ${known[1]}`, { cause: thrown });
  // lmdb appends uninitialised memory to the system's message (3.5.6).
  const [words] = thrown.message.split(':', 1);
  const cause = Object.assign(new Error(words), { code: errnoNames[code] });
  return ioError(action, cause);
}

/** Whether LMDB begins no more transactions, after a write that failed. */
export function isPanic(thrown: unknown): boolean {
  return (thrown as { code?: unknown } | undefined)?.code === PANIC;
}

/** Whether the system reports it only as an I/O error. */
export function isIoError(error: unknown): boolean {
  const { cause } = (error ?? {}) as { cause?: NodeJS.ErrnoException };
  return error instanceof KvError && cause?.code === 'EIO';
}

/** An error with the path of what is made in place of the folder in which it is being made; nothing can be deleted there. */
export function byItsPath(error: unknown, making: string, path: string): unknown {
  if (!(error instanceof KvError && error.message.includes(making))) return error;
  return new KvError(error.code, error.message.replaceAll(making, path), { cause: error });
}
