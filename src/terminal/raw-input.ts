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
  | { readonly kind: 'continued' }
  /** Nothing will come any more: the terminal is gone. */
  | { readonly kind: 'end' };

/** How long the bytes of one character may take to come, in milliseconds: a line may be slow. */
const CHARACTER_MILLISECONDS = 500;

export class RawInput {
  readonly #hear: (event: RawEvent) => void;
  readonly #check = new Utf8Check();
  #isTaken = false;
  /** Those who listened for a stop before, and do so again afterwards. */
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
    stdin.setRawMode(true);
    stdin.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onEnd);
    this.#stopListeners = process.rawListeners('SIGTSTP') as NodeJS.SignalsListener[];
    process.removeAllListeners('SIGTSTP');
    process.on('SIGTSTP', this.#onStop).on('SIGCONT', this.#onContinued);
    stdin.resume();
    refreshSize();
  }

  /** Gives the terminal back as it was. Idempotent. */
  release(): void {
    if (!this.#isTaken) return;
    this.#isTaken = false;
    const { stdin } = process;
    stdin.pause();
    stdin.off('data', this.#onData).off('end', this.#onEnd).off('error', this.#onEnd);
    process.off('SIGTSTP', this.#onStop).off('SIGCONT', this.#onContinued);
    for (const listener of this.#stopListeners) process.on('SIGTSTP', listener);
    clearTimeout(this.#timer);
    this.#check.forget();
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

  readonly #onEnd = (): void => this.#hear({ kind: 'end' });

  readonly #onStop = (): void => this.#hear({ kind: 'stop' });

  /** A shell that has the process go on may have set the terminal's mode, which Node does not know. */
  readonly #onContinued = (): void => {
    process.stdin.setRawMode(false).setRawMode(true);
    refreshSize();
    this.#hear({ kind: 'continued' });
  };
}
