/**
 * stdin while a program reads keys from it: byte by byte, without an echo, Ctrl-C and Ctrl-Z
 * included.
 */
import { refreshSize } from './suspension.js';
import { Utf8Filter } from './utf8-filter.js';

export type RawEvent =
  /** Typed characters, complete in UTF-8. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Typed or pasted bytes that are not UTF-8; they are left out. */
  | { readonly kind: 'damaged' }
  /** A request to stop the process, as by Ctrl-Z. */
  | { readonly kind: 'stop' }
  /** The process was stopped nevertheless, and continues: the screen may have changed. */
  | { readonly kind: 'continued' };

/**
 * How long the bytes of one character may take to arrive, in milliseconds: a connection may be
 * slow.
 */
const CHARACTER_MILLISECONDS = 500;

/** How long handling a hangup may take, in milliseconds. */
const HANGUP_MILLISECONDS = 1000;

export class RawInput {
  readonly #hear: (event: RawEvent) => void;
  readonly #check = new Utf8Filter();
  #isTaken = false;
  /** Earlier listeners for SIGTSTP, which are restored afterwards. */
  #stopListeners: NodeJS.SignalsListener[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** For stdin, which must be a terminal. `hear` gets the events between `take` and `release`. */
  constructor(hear: (event: RawEvent) => void) {
    this.#hear = hear;
  }

  take(): void {
    if (this.#isTaken) return;
    this.#isTaken = true;
    const { stdin } = process;
    stdin.off('error', ignore);
    stdin.on('data', this.#onData).on('end', hangUp).on('error', hangUp);
    this.#stopListeners = process.rawListeners('SIGTSTP') as NodeJS.SignalsListener[];
    process.removeAllListeners('SIGTSTP');
    process.on('SIGTSTP', this.#onStop).on('SIGCONT', this.#onContinued);
    stdin.setRawMode(true);
    stdin.resume();
    refreshSize();
  }

  /** Restores the terminal. Idempotent. */
  release(): void {
    if (!this.#isTaken) return;
    this.#isTaken = false;
    const { stdin } = process;
    stdin.pause();
    stdin.off('data', this.#onData).off('end', hangUp).off('error', hangUp);
    process.off('SIGTSTP', this.#onStop).off('SIGCONT', this.#onContinued);
    for (const listener of this.#stopListeners) process.on('SIGTSTP', listener);
    clearTimeout(this.#timer);
    this.#check.forget();
    // It may have gone by now, which does not matter for what follows.
    stdin.on('error', ignore);
    stdin.setRawMode(false);
  }

  readonly #onData = (data: Uint8Array): void => {
    clearTimeout(this.#timer);
    for (const [at, bytes] of this.#check.take(data).entries()) {
      if (at > 0) this.#hear({ kind: 'damaged' });
      if (bytes.length > 0) this.#hear({ kind: 'bytes', bytes });
    }
    if (this.#check.isWaiting) this.#timer = setTimeout(this.#onTimeout, CHARACTER_MILLISECONDS);
  };

  readonly #onTimeout = (): void => {
    this.#check.forget();
    this.#hear({ kind: 'damaged' });
  };

  readonly #onStop = (): void => this.#hear({ kind: 'stop' });

  /**
   * A shell that continues the process may have changed the terminal's mode, which Node does not
   * notice.
   */
  readonly #onContinued = (): void => {
    process.stdin.setRawMode(false).setRawMode(true);
    refreshSize();
    this.#hear({ kind: 'continued' });
  };
}

/**
 * The terminal has gone, and nothing more will come. Usually the system sends this signal as well,
 * but not to a process outside the terminal's foreground group.
 */
function hangUp(): void {
  process.kill(process.pid, 'SIGHUP');
  // Listeners hear it in a later turn of the event loop, which nothing else may keep running.
  setTimeout(ignore, HANGUP_MILLISECONDS);
}

function ignore(): void {}
