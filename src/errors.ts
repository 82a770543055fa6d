/** The one error class, its codes, and the one table that turns a code into an exit status. */
import { constants } from 'node:os';

/** What a script can tell apart by `$?`; the numbers are a contract that changes by addition only. */
export const exitCodes = {
  done: 0,
  no: 1,
  usage: 2,
  conditionFailed: 3,
  badData: 4,
  busy: 5,
  store: 6,
  defect: 70,
  trapped: 71,
  interrupted: 130,
  brokenPipe: 141,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What each code means when it ends the process; help, README and the man page print these. */
export const exitMeanings: Readonly<Record<ExitCode, string>> = {
  0: 'done, or yes',
  1: 'absent, or no',
  2: 'usage, not supported, or not confirmed',
  3: 'a condition was not met',
  4: 'bad data: not a counter, an overflow, a key over its limit',
  5: 'busy or timed out: worth another try',
  6: 'the store or the disk: missing bucket, I/O, full, read-only, damaged',
  70: "a defect of kv's own",
  71: 'a component trapped: a defect of its own',
  130: 'interrupted by Ctrl-C',
  141: 'the reader of a pipe went away',
};

const exitOfCode = {
  /** The key is not there. */
  absent: exitCodes.no,
  /** The command line does not parse, or an option's value is malformed. */
  usage: exitCodes.usage,
  /** A confirmation is needed and nobody can be asked, or the answer was no. */
  'not-confirmed': exitCodes.usage,
  /** The store lacks the capability. */
  'not-supported': exitCodes.usage,
  /** A condition on the present state does not hold. */
  'condition-failed': exitCodes.conditionFailed,
  /** A bucket of that name is there already. */
  'bucket-exists': exitCodes.conditionFailed,
  /** A key is empty, too long, or not Unicode text. */
  'invalid-key': exitCodes.badData,
  /** A bucket's name is empty, too long, or holds a control character. */
  'invalid-bucket': exitCodes.badData,
  /** What a listing is to go on from is no cursor of the bucket. */
  'invalid-cursor': exitCodes.badData,
  /** A value is not the canonical decimal text of a counter. */
  'not-a-counter': exitCodes.badData,
  /** A record of an import is malformed, or refused. */
  rejected: exitCodes.badData,
  /** A number does not fit 64 unsigned bits. */
  overflow: exitCodes.badData,
  /** A value, or a list of them, is larger than one answer can hold. */
  'too-large': exitCodes.badData,
  /** An incoming-value was consumed a second time. */
  consumed: exitCodes.badData,
  /** A file that was to be run is not a component, or not one that runs. */
  'not-a-component': exitCodes.badData,
  /** A component imports what it is not offered. */
  'not-offered': exitCodes.badData,
  /** Somebody else holds what is needed, for now. */
  busy: exitCodes.busy,
  /** A component took longer than it was given. */
  'timed-out': exitCodes.busy,
  /** No bucket of that name. */
  'no-bucket': exitCodes.store,
  /** No store at that path. */
  'no-store': exitCodes.store,
  /** The path holds something that is not a store of this program. */
  'not-a-store': exitCodes.store,
  /** The store was written in a format this version does not know. */
  'unknown-format': exitCodes.store,
  /** The store's file is damaged. */
  damaged: exitCodes.store,
  /** The store, or this session of it, takes no writes. */
  'read-only': exitCodes.store,
  /** The disk, or a limit on it, is full. */
  full: exitCodes.store,
  /** Any other failure of the system underneath. */
  io: exitCodes.store,
  /** A component did what WebAssembly, or an interface, does not allow. */
  trapped: exitCodes.trapped,
  /** A signal, or Ctrl-C at a question, asked the process to stop. */
  interrupted: exitCodes.interrupted,
  /** The reader of an output went away. */
  'broken-pipe': exitCodes.brokenPipe,
  /** A defect of this program. */
  internal: exitCodes.defect,
} as const satisfies Record<string, ExitCode>;

export type ErrorCode = keyof typeof exitOfCode;

export interface ErrorDetails {
  readonly result?: string | undefined;
  readonly hint?: string | undefined;
  readonly place?: string;
  readonly cause?: unknown;
}

/**
 * A failure that a user can act on.
 *
 * The message is one line: the action that was tried, a colon, the state found. `result` is what was
 * done all the same, or that nothing was, where that is to be said; `hint`, where there is one, is the
 * next command to try. `cause` keeps what the system underneath said.
 */
export class KvError extends Error {
  readonly code: ErrorCode;
  readonly result: string | undefined;
  readonly hint: string | undefined;
  /** The line of a script that failed, as the message begins with it. */
  readonly place: string | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorDetails = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'KvError';
    this.code = code;
    this.result = options.result;
    this.hint = options.hint;
    this.place = options.place;
  }

  /** What is written below the message: the result and the hint. Empty where there is neither. */
  get secondLine(): string {
    return [this.result, this.hint].filter((text) => text !== undefined).join('; ');
  }

  get exitCode(): ExitCode {
    return exitOfCode[this.code];
  }

  /** Whether it is no failure but an answer, all of which the exit status says: "absent", "not met". */
  get isAnswer(): boolean {
    return this.exitCode === exitCodes.no || this.exitCode === exitCodes.conditionFailed;
  }
}

/**
 * The KvError behind anything thrown: itself, or the `cause` that a thrown WIT resource or
 * `stream-error` carries. Whatever else was thrown is a defect, code `internal`.
 */
export function asKvError(thrown: unknown): KvError {
  if (thrown instanceof KvError) return thrown;
  const { cause, val } = (thrown ?? {}) as { cause?: unknown; val?: { cause?: unknown } };
  if (cause instanceof KvError) return cause;
  if (val?.cause instanceof KvError) return val.cause;
  const message = thrown instanceof Error ? thrown.message : JSON.stringify(thrown);
  return new KvError('internal', `a defect of kv's own: ${message}`, { cause: thrown });
}

/**
 * The end of a guest that did what WebAssembly, the canonical ABI, an interface or a limit does not
 * allow; the message names that. Other hosts of components take any Error without a payload for it.
 */
export class Trap extends Error {}

/** The error for a key that is not there. */
export function absentKey(action: string): KvError {
  return new KvError('absent', `cannot ${action}: there is no such key`);
}

/** The error for a bucket that is not there. */
export function absentBucket(name: string): KvError {
  return new KvError('no-bucket', `cannot open bucket "${name}": there is no such bucket`, {
    hint: 'try: kv bucket list, or kv bucket create NAME',
  });
}

/** Names the failure of a system call (`ENOSPC`, `EACCES`, …) as the KvError that a user sees. */
export function ioError(action: string, cause: unknown): KvError {
  if (cause instanceof KvError) return cause;
  const { code: name = '', errno = 0 } = (cause ?? {}) as NodeJS.ErrnoException;
  const [code, state] = systemErrors[unnamed.get(-errno) ?? name] ?? ['io', messageOf(cause)];
  return new KvError(code, `cannot ${action}: ${state}`, { cause });
}

const systemErrors: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOSPC: ['full', 'no space is left on the device'],
  EDQUOT: ['full', 'the disk quota is used up'],
  ESTALE: ['io', 'it is gone from the server that it was on'],
  EFBIG: ['full', 'the file would pass the limit on file sizes'],
  EIO: ['io', 'the disk says: input/output error'],
  EROFS: ['read-only', 'the file system is read-only'],
  EACCES: ['io', 'permission denied'],
  EPERM: ['io', 'operation not permitted'],
  ENOENT: ['io', 'no such file or directory'],
  EBADF: ['io', 'it is not open for that'],
  EISDIR: ['io', 'it is a directory'],
  ELOOP: ['io', 'too many symbolic links lead to it'],
  ENAMETOOLONG: ['io', 'the name is too long'],
  ENOTDIR: ['io', 'a part of the path is not a directory'],
  EPIPE: ['broken-pipe', 'the reader went away'],
  EMFILE: ['busy', 'too many open files'],
  ENFILE: ['busy', 'too many open files in the system'],
};

/** Those that Node has no name for, by their numbers. */
const unnamed = new Map([
  [constants.errno.EDQUOT, 'EDQUOT'],
  [constants.errno.ESTALE, 'ESTALE'],
]);

/** What Node puts around the system's words: the error's name before them, the call and its paths behind. */
const SYSTEM_MESSAGE = /^[A-Z][A-Z0-9]*: (.*?), [a-z]+\d*(?: '.*)?$/;

function messageOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const line = cause.message.split('\n', 1)[0]!;
  return 'syscall' in cause ? (SYSTEM_MESSAGE.exec(line)?.[1] ?? line) : line;
}
