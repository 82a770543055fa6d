/** stdin while a program reads keys from it: byte by byte, without an echo, Ctrl-C and Ctrl-Z too. */
import { refreshSize } from './suspension.js';
import { Utf8Check } from './utf8-check.js';

export type RawEvent =
  /** What was typed: whole characters in UTF-8. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** What was typed or pasted is not UTF-8; it is left out. */
  | { readonly kind: 'damaged' }
  /** Somebody asks the process to stop, as Ctrl-Z does. */
  | { readonly kind: 'stop' }
  /** The process was stopped all the same, and goes on: whatever stood on the screen may be gone. */
  | { readonly kind: 'continued' };

/** How long the bytes of one character may take to come, in milliseconds: a line may be slow. */
const CHARACTER_MILLISECONDS = 500;

/** How long a hangup may take to be heard, in milliseconds. */
const HANGUP_MILLISECONDS = 1000;

export class RawInput {
  readonly #hear: (event: RawEvent) => void;
  readonly #check = new Utf8Check();
  #isTaken = false;
  /** Listeners for SIGTSTP that were there before, and come back afterwards. */
  #stopListeners: NodeJS.SignalsListener[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Over stdin, which must be a terminal. `hear` gets what happens between `take` and `release`. */
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

  /** Gives the terminal back as it was. Idempotent. */
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
    // It may be gone by now, which is no failure of what comes next.
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

  /** A shell that has the process go on may have set the terminal's mode, which Node does not know. */
  readonly #onContinued = (): void => {
    process.stdin.setRawMode(false).setRawMode(true);
    refreshSize();
    this.#hear({ kind: 'continued' });
  };
}

/**
 * The terminal is gone, and nothing will come any more. Mostly the system sends this signal as
 * well, but not to a process that has left the terminal's group.
 */
function hangUp(): void {
  process.kill(process.pid, 'SIGHUP');
  // Whoever listens hears it in a later turn of the event loop, which nothing else may keep running.
  setTimeout(ignore, HANGUP_MILLISECONDS);
}

function ignore(): void {}
