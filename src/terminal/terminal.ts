/**
 * What commands, prompts and the REPL know of the outside: three streams and a person.
 *
 * Two implementations: the process's own streams, and buffers for tests.
 */
import type { Progress, ProgressUnit } from './progress.js';

/** One of stdout, stderr, or a file that stands in for stdout. */
export interface Output {
  readonly isTerminal: boolean;
  /** Columns of the terminal; 80 where there is none. */
  readonly columns: number;
  readonly style: Style;
  /** Whether it is a terminal that has no cursor to move (`TERM=dumb`). */
  readonly isDumb?: true;
  /** Whether a value that is JSON is laid out for reading where no form is asked for. */
  readonly laysOutJson?: true;
  /** Whether it has no reader who could be slow: a file, or a device that is no terminal. */
  readonly neverWaits?: true;
  /**
   * Resolves when the kernel has all the bytes: a slow reader slows the writer, the buffer is the
   * caller's to fill again, and nothing is left to flush at the end. One write at a time: await it
   * before the next. Rejects with `broken-pipe` when the reader went away, `full` or `io` when the
   * device fails. What it is given reaches the terminal as it is: see visible.ts.
   */
  write(data: Uint8Array | string): Promise<void>;
  /**
   * Calls `tell` once, soon after its reader has gone, though nothing is written; returns what ends that. Absent where
   * it has no reader who could go, and where only the next write can find out.
   */
  whenUnread?(tell: () => void): Promise<() => void>;
}

/** Where a value is read from: stdin or a file. */
export interface Input {
  /** `stream`: a pipe, a file or a socket. `terminal`: a person. `none`: any other device. */
  readonly kind: 'terminal' | 'stream' | 'none';
  /** Bytes that there are to read, where that is known: of a regular file. */
  readonly size?: number;
  /**
   * The bytes to the end, in pieces of at most a few MiB, each good until the next is asked for. To
   * be asked for once: leaving the loop early closes the input. Rejects with `io` when reading fails.
   */
  chunks(): AsyncIterable<Uint8Array>;
}

/** Marks what a text is, where the stream shows colour; else gives the text itself. */
export interface Style {
  /** The head of a table, a branch of a tree, a question, the bucket that is worked in. */
  heading(text: string): string;
  /** The name of a fact. */
  label(text: string): string;
  /** What stands beside the answer: a time, a count, the number of a line. */
  detail(text: string): string;
  /** What was searched for. */
  match(text: string): string;
  /** What may be typed, or done next. */
  hint(text: string): string;
  error(text: string): string;
  warning(text: string): string;
  /** The mark of a question that waits for its answer. */
  question(text: string): string;
  /** What a person has chosen, or points at. */
  choice(text: string): string;
  /** The mark of a question that has its answer. */
  done(text: string): string;
}

export interface Terminal {
  readonly stdin: Input;
  /** Data. */
  readonly stdout: Output;
  /** Words, at best effort: where nobody can read them, a write does nothing. */
  readonly stderr: Output;
  /** True when a question can reach a person: stdin and stderr are terminals, and no --no-input. */
  readonly canAsk: boolean;
  /**
   * A remark on stderr, ended with a newline: only where stderr is a terminal, and not with -q.
   * Remarks and questions may quote stored text: they are made harmless here.
   */
  note(text: string): Promise<void>;
  /**
   * A progress bar on stderr for work on `total` bytes, or what is counted else (undefined: not known),
   * which shows when the work takes long; only where stderr is a terminal, and not with -q.
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
   * Asks for one of `choices`, at least one, beginning at `first` where it is one of them. Throws as
   * `confirm` does.
   */
  choose(
    question: string,
    choices: readonly string[],
    first?: string,
    signal?: AbortSignal,
  ): Promise<string>;
  /**
   * A file to write in place of stdout, or for `-` stdout, or what is given in its place. A regular
   * file appears under its name only at `commit`, whole; a device, a FIFO, and what is open in this
   * process already are written to directly. Throws `io`, and `usage` for a file of the store.
   */
  openOutput(path: string, stdout?: Output): Promise<FileOutput>;
  /**
   * A file to append to, or to write `anew`, which is made where it is missing. It gets what is written
   * at once. As `openOutput`.
   */
  openAppend(path: string, stdout?: Output, anew?: 'anew'): Promise<FileOutput>;
  /**
   * A file to read in place of stdin, or `stdin`, the process's own where nothing is given, for
   * `-`. Throws `io`.
   */
  openInput(path: string, stdin?: Input): Promise<Input>;
}

export interface FileOutput extends Output {
  /** Makes what was written the file's content, at once, flushed to the disk. */
  commit(): Promise<void>;
  /** Leaves the file as it was. A no-op after `commit`. */
  abandon(): Promise<void>;
}
