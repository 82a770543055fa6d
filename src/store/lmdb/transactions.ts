/** Transactions of a store; after each of them, chunks that no record holds any more are given back. */
import type { Chunks } from './chunks.js';
import type { Environment } from './environment.js';

export class Transactions {
  readonly #environment: Environment;
  readonly #chunks: Chunks;

  constructor(environment: Environment, chunks: Chunks) {
    this.#environment = environment;
    this.#chunks = chunks;
  }

  /** Runs `work` in the transaction under way, or in one of its own. */
  write<T>(work: () => T): T {
    return this.#environment.inTransaction ? work() : this.run(work);
  }

  /** See `Store.transaction`. */
  run<T>(work: () => T): T {
    const result = this.#environment.writes.transaction(work);
    this.#chunks.reclaim();
    return result;
  }

  /** The same, while other work goes on: `work` begins some time later, or at once within another. */
  async runInBackground<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const result = await this.#environment.writes.transactionInBackground(work, signal);
    this.#chunks.reclaim();
    return result;
  }

  /** See `Store.asyncTransaction`. */
  async runAsync<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const result = await this.#environment.writes.asyncTransaction(work, signal);
    this.#chunks.reclaim();
    return result;
  }

  /** See `Store.group`. */
  async group<T>(work: () => Promise<T>): Promise<T> {
    const result = await this.#environment.writes.group(work);
    this.#chunks.reclaim();
    return result;
  }
}
