/**
 * Failed writes: the error for each, and whether this process may still write. Nobody knows how far
 * a write got that the system failed, so it is the last one.
 */
import { ioError, KvError } from '../../errors.js';
import { whyCutShort, withWayOut } from './disk-room.js';
import { isIoError, isPanic, lmdbError } from './lmdb-error.js';

export class WriteFailures {
  readonly #path: string;
  readonly #file: string;
  readonly #lastTransaction: () => number;
  /** The number of the transaction that is being committed, or was last; 0 before that. */
  #committing = 0;
  #failure: KvError | undefined;
  #last: KvError | undefined;
  #isAbandoned = false;
  /** Waiting transactions in the background; each learns of a failure. */
  readonly #waiting = new Set<(failure: unknown) => void>();

  /** `path` is the store's, `file` its data file; `lastTransaction` gives the one on the disk. */
  constructor(path: string, file: string, lastTransaction: () => number) {
    this.#path = path;
    this.#file = file;
    this.#lastTransaction = lastTransaction;
  }

  /** The last failure, which is the reason why LMDB panics. */
  get last(): KvError | undefined {
    return this.#last;
  }

  /** Whether lmdb waits forever after a failure: it can neither be closed nor used. */
  get isAbandoned(): boolean {
    return this.#isAbandoned;
  }

  /** Throws the failure after which this process writes no more. */
  check(): void {
    if (this.#failure === undefined) return;
    const { code, message } = this.#failure;
    throw new KvError(code, message, {
      hint: 'this kv writes no more: run it again',
      cause: this.#failure,
    });
  }

  /**
   * To be called when the outermost transaction begins, with 0, and before it is committed, with
   * its number.
   */
  committing(transaction: number): void {
    this.#committing = transaction;
  }

  /** To be called when a transaction in the background could not begin or commit. */
  abandon(code: number): void {
    this.#isAbandoned = true;
    const failure = this.errorOf(Object.assign(new Error('the commit failed'), { code }));
    for (const fail of this.#waiting) fail(failure);
  }

  /**
   * The error to throw; what is no failure of LMDB's is thrown by the work, and is that itself. `deletes` is
   * whether the transaction was to give room back.
   */
  errorOf(thrown: unknown, deletes = false): unknown {
    const action = `write to store "${this.#path}"`;
    const failure = lmdbError(action, thrown);
    if (failure === thrown || !(failure instanceof KvError)) return failure;
    const reason = isIoError(failure) ? whyCutShort(this.#file) : undefined;
    const error = reason === undefined ? failure : withWayOut(ioError(action, reason), deletes);
    const isUnsure = this.#committing > 0 && this.#lastTransaction() >= this.#committing;
    if (isPanic(thrown)) return this.#last ?? error;
    this.#last = error;
    if (error.code === 'io' || isUnsure || this.#isAbandoned) this.#failure ??= error;
    if (!isUnsure) return error;
    const result = 'it may have been stored all the same: look before you try again';
    return new KvError(error.code, error.message, { result, hint: error.hint, cause: error });
  }

  /** The outcome of a transaction in the background, or the failure that ends all of them. */
  unlessAbandoned<T>(outcome: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      outcome.then(resolve, reject).finally(() => this.#waiting.delete(reject));
    });
  }
}
