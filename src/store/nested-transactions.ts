/**
 * `transaction` and `group` of the port, built from beginning, running and rolling back one: for
 * stores that can run code in a transaction.
 */
import type { Milliseconds } from './record.js';

export abstract class NestedTransactions<Before> {
  readonly #now: () => Milliseconds;
  #depth = 0;
  #moment: Milliseconds | undefined;
  /** Whether nested transactions are only calls. */
  #isFlat = false;

  /** `now` is the clock for expiry. */
  constructor(now: () => Milliseconds = Date.now) {
    this.#now = now;
  }

  get inTransaction(): boolean {
    return this.#depth > 0;
  }

  /**
   * The time that decides what has expired: now; within a transaction, the time of its first
   * question, so that nothing expires during it.
   */
  get moment(): Milliseconds {
    if (!this.inTransaction) return this.#now();
    this.#moment ??= this.#now();
    return this.#moment;
  }

  /** `transaction` for synchronous work: the operations of a bucket. */
  transactionSync<T>(work: () => T): T {
    if (this.#isFlat) return work();
    const before = this.enter();
    try {
      return this.run(work);
    } catch (thrown) {
      throw this.rolledBack(before, thrown);
    } finally {
      this.leave();
    }
  }

  /** See `Store.transaction`. */
  async transaction<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#isFlat) return work();
    await this.writersDone(signal);
    const before = this.enter();
    try {
      return await this.runAsync(work);
    } catch (thrown) {
      throw this.rolledBack(before, thrown);
    } finally {
      this.leave();
    }
  }

  /** See `Store.group`. */
  async group<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const atOnce = () => this.#asOne(work);
    return this.inTransaction ? atOnce() : this.transaction(atOnce, signal);
  }

  /** See `Store.writersDone`. */
  abstract writersDone(signal?: AbortSignal): Promise<void>;

  /** Throws if nothing can be written; the result is for `rolledBack`. */
  protected abstract begin(): Before;
  /** Runs `work` in the transaction that has begun, and commits it. */
  protected abstract run<T>(work: () => T): T;
  /** The same for asynchronous work. */
  protected abstract runAsync<T>(work: () => Promise<T>): Promise<T>;
  /** Rolls back the rest of a transaction that failed, and returns the error to throw. */
  protected abstract rolledBack(before: Before, thrown: unknown): unknown;
  /** Called when the outermost transaction has ended, committed or not. */
  protected abstract ended(): void;

  /** Whether the transaction under way is nested in another. */
  get isNested(): boolean {
    return this.#depth > 1;
  }

  /** Whether the transaction under way is not nested. */
  protected get isOutermost(): boolean {
    return this.#depth === 1;
  }

  /**
   * Gives following work a moment of its own in the same transaction, which several pieces of work
   * share.
   */
  nextMoment(): void {
    this.#moment = undefined;
  }

  protected enter(): Before {
    const before = this.begin();
    this.#depth++;
    return before;
  }

  protected leave(): void {
    this.#depth--;
    if (this.#depth > 0) return;
    this.#moment = undefined;
    this.ended();
  }

  async #asOne<T>(work: () => Promise<T>): Promise<T> {
    const isFlat = this.#isFlat;
    this.#isFlat = true;
    try {
      return await work();
    } finally {
      this.#isFlat = isFlat;
    }
  }
}
