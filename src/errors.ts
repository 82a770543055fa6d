/** The one error class, its codes, and the one table from codes to exit statuses. */
import { constants } from 'node:os';

/** Exit statuses, for scripts. The numbers are a contract: new ones may be added, none changes. */
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

/** The meaning of each status; help, README and the man page print these. */
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
  /** The key does not exist. */
  absent: exitCodes.no,
  /** The command line does not parse, or an option's value is malformed. */
  usage: exitCodes.usage,
  /** A confirmation is needed and nobody can be asked, or the answer was no. */
  'not-confirmed': exitCodes.usage,
  /** The store lacks the capability. */
  'not-supported': exitCodes.usage,
  /** A condition on the present record does not hold. */
  'condition-failed': exitCodes.conditionFailed,
  /** A bucket of that name exists already. */
  'bucket-exists': exitCodes.conditionFailed,
  /** A key is empty, too long, or not Unicode text. */
  'invalid-key': exitCodes.badData,
  /** A bucket's name is empty, too long, or holds a control character. */
  'invalid-bucket': exitCodes.badData,
  /** The place where a listing should continue is not a cursor of the bucket. */
  'invalid-cursor': exitCodes.badData,
  /** A value is not the canonical decimal text of a counter. */
  'not-a-counter': exitCodes.badData,
  /** A record of an import is malformed or refused. */
  rejected: exitCodes.badData,
  /** A number does not fit 64 unsigned bits. */
  overflow: exitCodes.badData,
  /** A value, or a list of them, is larger than one answer can hold. */
  'too-large': exitCodes.badData,
  /** An incoming-value was consumed a second time. */
  consumed: exitCodes.badData,
  /** The file is not a component, or not one that can be run. */
  'not-a-component': exitCodes.badData,
  /** A component imports something that the host does not offer. */
  'not-offered': exitCodes.badData,
  /** Another process holds what is needed, for now. */
  busy: exitCodes.busy,
  /** A component ran longer than its time limit. */
  'timed-out': exitCodes.busy,
  /** No bucket of that name. */
  'no-bucket': exitCodes.store,
  /** No store at that path. */
  'no-store': exitCodes.store,
  /** The path holds something that is not a store of kv. */
  'not-a-store': exitCodes.store,
  /** The store's format is unknown to this version. */
  'unknown-format': exitCodes.store,
  /** The store's file is damaged. */
  damaged: exitCodes.store,
  /** The store, or this use of it, does not allow writes. */
  'read-only': exitCodes.store,
  /** The disk is full, or a limit on it is reached. */
  full: exitCodes.store,
  /** Any other failure of the system. */
  io: exitCodes.store,
  /** A component did something that WebAssembly, or an interface, does not allow. */
  trapped: exitCodes.trapped,
  /** A signal, or Ctrl-C at a question, asked the process to stop. */
  interrupted: exitCodes.interrupted,
  /** The reader of an output has gone. */
  'broken-pipe': exitCodes.brokenPipe,
  /** A defect of kv. */
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
 * The message is one line: the action that was tried, a colon, the state found. `result` says what
 * was done nevertheless, or that nothing was, if that is worth saying; `hint` is the next command
 * to try. `cause` keeps the system's error.
 */
export class KvError extends Error {
  readonly code: ErrorCode;
  readonly result: string | undefined;
  readonly hint: string | undefined;
  /** The line of a script that failed, as it begins the message. */
  readonly place: string | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorDetails = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'KvError';
    this.code = code;
    this.result = options.result;
    this.hint = options.hint;
    this.place = options.place;
  }

  /** What is printed below the message: result and hint. Empty if there is neither. */
  get secondLine(): string {
    return [this.result, this.hint].filter((text) => text !== undefined).join('; ');
  }

  get exitCode(): ExitCode {
    return exitOfCode[this.code];
  }

  /**
   * Whether it is an answer rather than a failure, which the exit status alone can tell: absent,
   * not met.
   */
  get isAnswer(): boolean {
    return this.exitCode === exitCodes.no || this.exitCode === exitCodes.conditionFailed;
  }
}

/**
 * The KvError behind anything thrown: itself, or the `cause` of a thrown WIT resource or
 * `stream-error`. Anything else is a defect, code `internal`.
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
 * Makes text of an error's stack trace, and of its causes': until then V8 keeps the functions on the stack, and
 * what they were given, such as a key of 20 MB.
 */
export function releaseStack(error: unknown): void {
  for (let one = error; one instanceof Error; one = one.cause) one.stack;
}

/**
 * Ends a guest that did something that WebAssembly, the canonical ABI, an interface or a limit does
 * not allow; the message says what. Other hosts of components accept any Error without a payload
 * for it.
 */
export class Trap extends Error {}

/** The error for a missing key. */
export function absentKey(action: string): KvError {
  return new KvError('absent', `cannot ${action}: there is no such key`);
}

/** The error for a missing bucket. */
export function absentBucket(name: string): KvError {
  return new KvError('no-bucket', `cannot open bucket "${name}": there is no such bucket`, {
    hint: 'try: kv bucket list, or kv bucket create NAME',
  });
}

/** Turns the failure of a system call (`ENOSPC`, `EACCES`, …) into the KvError that a user sees. */
export function ioError(action: string, cause: unknown): KvError {
  if (cause instanceof KvError) return cause;
  const { code: name = '', errno = 0 } = (cause ?? {}) as NodeJS.ErrnoException;
  const [code, state] = systemErrors[unnamed.get(-errno) ?? name] ?? ['io', messageOf(cause)];
  const hint = name === 'EMFILE' ? `try: ulimit -n ${ENOUGH_DESCRIPTORS}` : undefined;
  return new KvError(code, `cannot ${action}: ${state}`, { cause, hint });
}

/** A limit on open files that is enough for any verb, and the usual one. */
const ENOUGH_DESCRIPTORS = 1024;

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

/** Errors that Node has no name for, by number. */
const unnamed = new Map([
  [constants.errno.EDQUOT, 'EDQUOT'],
  [constants.errno.ESTALE, 'ESTALE'],
]);

/**
 * What Node adds to the system's message: the error's name before it, the call and its paths after
 * it.
 */
const SYSTEM_MESSAGE = /^[A-Z][A-Z0-9]*: (.*?), [a-z]+\d*(?: '.*)?$/;

function messageOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const line = cause.message.split('\n', 1)[0]!;
  return 'syscall' in cause ? (SYSTEM_MESSAGE.exec(line)?.[1] ?? line) : line;
}
