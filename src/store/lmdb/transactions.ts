/**
 * Transactions of a store. The outermost delete expired records at their end; after each, chunks
 * without a holder are reclaimed.
 */
import { nothingShared, type Pace, type SharedWrites } from '../shared-writes.js';
import type { Chunks } from './chunks.js';
import type { Environment } from './environment.js';
import { WritesAtAPace } from './writes-at-a-pace.js';

export class Transactions {
  readonly #environment: Environment;
  readonly #chunks: Chunks;
  readonly #sweep: () => void;
  #shared: WritesAtAPace | undefined;

  constructor(environment: Environment, chunks: Chunks, sweep: () => void) {
    this.#environment = environment;
    this.#chunks = chunks;
    this.#sweep = sweep;
  }

  /** See `Store.shareWrites`. */
  share(pace: Pace): SharedWrites {
    const { inTransaction, readOnly } = this.#environment;
    if (inTransaction || readOnly) return nothingShared;
    this.#shared = new WritesAtAPace(this.#environment, pace, {
      last: this.#sweep,
      committed: () => this.#chunks.reclaim(),
      closed: () => {
        this.#shared = undefined;
      },
    });
    return this.#shared;
  }

  /**
   * Commits writes that share a transaction, which can continue with the next write; returns
   * whether there were any.
   */
  settle(): boolean {
    return this.#shared?.interrupt() ?? false;
  }

  /** Runs `work` in the transaction under way, or in one of its own. */
  write<T>(work: () => T): T {
    const shared = this.#shared;
    if (shared?.isBetweenWrites) return shared.take(work);
    return this.#environment.inTransaction ? work() : this.run(work);
  }

  /** Runs `work` in a transaction of its own, which may be nested. */
  run<T>(work: () => T): T {
    const shared = this.#shared;
    if (shared?.isBetweenWrites) return shared.take(() => this.run(work), true);
    const { inTransaction, writes } = this.#environment;
    const result = writes.transactionSync(inTransaction ? work : () => this.#swept(work()));
    this.#chunks.reclaim();
    return result;
  }

  /** The same without blocking: `work` begins later, or at once within another transaction. */
  async runInBackground<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.settle();
    const { writes } = this.#environment;
    const result = await writes.transactionInBackground(this.#sweeping(work), signal);
    this.#chunks.reclaim();
    return result;
  }

  /** See `Store.transaction`. */
  async runAsync<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.settle();
    const result = await this.#environment.writes.transaction(this.#sweeping(work), signal);
    this.#chunks.reclaim();
    return result;
  }

  /** See `Store.group`. */
  async group<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.settle();
    const result = await this.#environment.writes.group(this.#sweeping(work), signal);
    this.#chunks.reclaim();
    return result;
  }

  #sweeping<T>(work: () => Promise<T>): () => Promise<T> {
    return this.#environment.inTransaction ? work : async () => this.#swept(await work());
  }

  #swept<T>(result: T): T {
    this.#sweep();
    return result;
  }
}
