/** What the futures of wasi:keyvalue/cache@0.1.0 have in common. */
import { KvError } from '../../errors.js';
import { Pollable } from '../../io/poll.js';
import { KeyvalueError } from '../wasi-keyvalue-error.js';

/** `result<T, error>`, as a value. */
export type Result<T> =
  | { readonly tag: 'ok'; readonly val: T }
  | { readonly tag: 'err'; readonly val: KeyvalueError };

const ready = { ready: () => true, wait() {} };

/** The result of work that is done, to be taken once. */
export class Future<T> {
  #result: Result<T> | undefined;
  readonly #letGo: (value: T) => void;

  /** Does the work, which fails by throwing the resource `error`; `letGo` is for what nobody takes. */
  constructor(work: () => T, letGo: (value: T) => void = () => {}) {
    this.#result = resultOf(work);
    this.#letGo = letGo;
  }

  /** The result; after the first time the error `consumed`. */
  take(): Result<T> {
    const result = this.#result ?? resultOf(taken);
    this.#result = undefined;
    return result;
  }

  /** A pollable that is ready. */
  listen(): Pollable {
    return new Pollable(ready);
  }

  /** The value or the error that has not been taken. Beyond the WIT. */
  get held(): unknown {
    return this.#result?.val;
  }

  [Symbol.dispose](): void {
    if (this.#result?.tag === 'ok') this.#letGo(this.#result.val);
    this.#result = undefined;
  }
}

function taken(): never {
  const state = 'it has been taken';
  throw new KeyvalueError(new KvError('consumed', `cannot take a result twice: ${state}`));
}

function resultOf<T>(work: () => T): Result<T> {
  try {
    return { tag: 'ok', val: work() };
  } catch (thrown) {
    if (thrown instanceof KeyvalueError) return { tag: 'err', val: thrown };
    throw thrown;
  }
}
