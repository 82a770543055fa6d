/**
 * Transactions of a store. The outermost sweep at their end, in themselves; after each, chunks that no record
 * holds any more are given back.
 */
import type { Chunks } from './chunks.js';
import type { Environment } from './environment.js';

export class Transactions {
  readonly #environment: Environment;
  readonly #chunks: Chunks;
  readonly #sweep: () => void;

  constructor(environment: Environment, chunks: Chunks, sweep: () => void) {
    this.#environment = environment;
    this.#chunks = chunks;
    this.#sweep = sweep;
  }

  /** Runs `work` in the transaction under way, or in one of its own. */
  write<T>(work: () => T): T {
    return this.#environment.inTransaction ? work() : this.run(work);
  }

  /** The same in one of its own, which may be nested. */
  run<T>(work: () => T): T {
    const { inTransaction, writes } = this.#environment;
    const result = writes.transactionSync(inTransaction ? work : () => this.#swept(work()));
    this.#chunks.reclaim();
    return result;
  }

  /** The same, while other work goes on: `work` begins some time later, or at once within another. */
  async runInBackground<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { writes } = this.#environment;
    const result = await writes.transactionInBackground(this.#sweeping(work), signal);
    this.#chunks.reclaim();
    return result;
  }

  /** See `Store.transaction`. */
  async runAsync<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const result = await this.#environment.writes.transaction(this.#sweeping(work), signal);
    this.#chunks.reclaim();
    return result;
  }

  /** See `Store.group`. */
  async group<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
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
