/**
 * What commands, prompts and the REPL know of the outside: three streams and a person.
 *
 * There are two implementations: the process's own streams, and buffers for tests.
 */
import type { Progress, ProgressUnit } from './progress.js';

/** One of stdout, stderr, or a file in place of stdout. */
export interface Output {
  readonly isTerminal: boolean;
  /** Columns of the terminal; 80 if it is not one. */
  readonly columns: number;
  readonly style: Style;
  /** Whether it is a terminal that has no cursor to move (`TERM=dumb`). */
  readonly isDumb?: true;
  /** Whether JSON values are laid out for reading by default. */
  readonly laysOutJson?: true;
  /** Whether it has no reader who could be slow: a file, or a device that is not a terminal. */
  readonly neverWaits?: true;
  /**
   * Resolves when the kernel has all the bytes: a slow reader slows the writer, the caller may then
   * reuse the buffer, and nothing is left to flush at the end. One write at a time: await it before
   * the next. Rejects with `broken-pipe` when the reader has gone, `full` or `io` when the device
   * fails. The data reach the terminal unescaped: see visible.ts.
   */
  write(data: Uint8Array | string): Promise<void>;
  /**
   * Calls `tell` once, soon after its reader has gone, even if nothing is written; resolves to a
   * function that ends the watch. Absent if it has no reader who could go, or only the next write
   * can find out.
   */
  whenUnread?(tell: () => void): Promise<() => void>;
}

/** The source of a value: stdin or a file. */
export interface Input {
  /** `stream`: a pipe, a file or a socket. `terminal`: a person. `none`: any other device. */
  readonly kind: 'terminal' | 'stream' | 'none';
  /** The number of bytes to read, if it is known: for a regular file. */
  readonly size?: number;
  /**
   * The bytes to the end, in pieces of at most a few MiB, each valid until the next is asked for.
   * To be called once: leaving the loop early closes the input. Rejects with `io` when reading
   * fails.
   */
  chunks(): AsyncIterable<Uint8Array>;
}

/** Emphasises a text by its role, if the stream shows colour; else returns the text itself. */
export interface Style {
  /** The head of a table, a branch of a tree, a question, the current bucket. */
  heading(text: string): string;
  /** The name of a fact. */
  label(text: string): string;
  /** A detail beside the answer: a time, a count, the number of a line. */
  detail(text: string): string;
  /** A match of a search. */
  match(text: string): string;
  /** Something to type or to do next. */
  hint(text: string): string;
  error(text: string): string;
  warning(text: string): string;
  /** The mark of an open question. */
  question(text: string): string;
  /** A choice that a person has made or selected. */
  choice(text: string): string;
  /** The mark of an answered question. */
  done(text: string): string;
}

export interface Terminal {
  readonly stdin: Input;
  /** For data. */
  readonly stdout: Output;
  /** For messages: a write that nobody can read does nothing. */
  readonly stderr: Output;
  /** Whether a question can reach a person: stdin and stderr are terminals, and no --no-input. */
  readonly canAsk: boolean;
  /**
   * Writes a remark to stderr, ended with a newline: only if stderr is a terminal, and not with -q.
   * Remarks and questions may quote stored text: they are escaped here.
   */
  note(text: string): Promise<void>;
  /**
   * A progress bar on stderr for work on `total` bytes, or on another `unit` (undefined: unknown),
   * which is shown when the work takes long; only if stderr is a terminal, and not with -q.
   */
  progress(total: number | undefined, unit?: ProgressUnit): Promise<Progress>;
  /**
   * Asks yes or no on stderr; no by default. Throws `interrupted` at Ctrl-C, `not-confirmed` when
   * the input ends (Ctrl-D) or nobody can be asked, and the reason of `signal`, also while it waits.
   */
  confirm(question: string, signal?: AbortSignal): Promise<boolean>;
  /** Asks for a line of text on stderr. Throws as `confirm` does. */
  ask(question: string, signal?: AbortSignal): Promise<string>;
  /**
   * Asks for one of `choices`, at least one, with `first` selected at first. Throws as `confirm`
   * does.
   */
  choose(
    question: string,
    choices: readonly string[],
    first?: string,
    signal?: AbortSignal,
  ): Promise<string>;
  /**
   * Opens a file to write instead of stdout; for `-` stdout, or `stdout` if it is given. A regular
   * file appears under its name only at `commit`, complete; a device, a FIFO, and a file that this
   * process has open already are written to directly. Throws `io`, and `usage` for a file of the
   * store.
   */
  openOutput(path: string, stdout?: Output): Promise<FileOutput>;
  /**
   * Opens a file to append to, or to write `anew`, made if missing. It is written to at once.
   * Throws as `openOutput`.
   */
  openAppend(path: string, stdout?: Output, anew?: 'anew'): Promise<FileOutput>;
  /**
   * Opens a file to read instead of stdin; for `-`, `stdin`, by default the process's own. Throws
   * `io`.
   */
  openInput(path: string, stdin?: Input): Promise<Input>;
}

export interface FileOutput extends Output {
  /** Replaces the file's content by what was written, in one step, flushed to the disk. */
  commit(): Promise<void>;
  /** Leaves the file as it was. A no-op after `commit`. */
  abandon(): Promise<void>;
}
