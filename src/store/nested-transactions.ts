/**
 * `transaction`, `asyncTransaction` and `group` of the port, built from beginning, running and undoing
 * one: for stores that can run code in a transaction.
 */

export abstract class NestedTransactions<Before> {
  #depth = 0;
  /** Whether a transaction within the one under way is no more than a call. */
  #isFlat = false;

  get inTransaction(): boolean {
    return this.#depth > 0;
  }

  /** See `Store.transaction`. */
  transaction<T>(work: () => T): T {
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

  /** See `Store.asyncTransaction`. */
  async asyncTransaction<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
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
  async group<T>(work: () => Promise<T>): Promise<T> {
    return this.inTransaction ? this.#asOne(work) : this.asyncTransaction(() => this.#asOne(work));
  }

  /** See `Store.writersDone`. */
  abstract writersDone(signal?: AbortSignal): Promise<void>;

  /** Throws where nothing can be written; returns what `rolledBack` needs to know. */
  protected abstract begin(): Before;
  /** Runs `work` in the transaction that has begun, and commits it. */
  protected abstract run<T>(work: () => T): T;
  /** The same, for work that lasts. */
  protected abstract runAsync<T>(work: () => Promise<T>): Promise<T>;
  /** Undoes what is left to undo of a transaction that failed, and returns the error to throw. */
  protected abstract rolledBack(before: Before, thrown: unknown): unknown;
  /** The outermost transaction has ended, committed or not. */
  protected abstract ended(): void;

  /** Whether the transaction under way is within no other. */
  protected get isOutermost(): boolean {
    return this.#depth === 1;
  }

  protected enter(): Before {
    const before = this.begin();
    this.#depth++;
    return before;
  }

  protected leave(): void {
    this.#depth--;
    if (this.#depth === 0) this.ended();
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
