/** Waits for readers of states older than the newest. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KvError } from '../../../errors.js';
import { type Patience, REPORT_MS } from '../../patience.js';
import type { RootDb } from '../database.js';
import { forgetReads } from '../lmdb-internals.js';
import { nameOfUser, processText } from '../process-name.js';
import { placesListed, type ReaderPlace } from '../readers/reader-table.js';

/** How long to wait for readers while writers wait, in ms: most read for less. */
const SOON_MS = 200;

/** Milliseconds between two looks. */
const PAUSE_MS = 10;

export class OlderReaders {
  readonly #path: string;
  readonly #main: RootDb;

  constructor(path: string, main: RootDb) {
    this.#path = path;
    this.#main = main;
  }

  /** Whether nobody reads a state before that of `transaction`, now or soon. */
  async areSoonGone(transaction: number, signal?: AbortSignal): Promise<boolean> {
    for (let waited = 0; ; waited += PAUSE_MS) {
      if (this.#before(transaction).length === 0) return true;
      if (waited >= SOON_MS) return false;
      await pause(signal);
    }
  }

  /**
   * Resolves when there are none. Rejects with `busy` when patience ends, and with the signal's
   * reason.
   */
  async wait(
    transaction: number,
    { limit = Number.POSITIVE_INFINITY, waiting }: Patience,
    signal?: AbortSignal,
  ): Promise<void> {
    const began = performance.now();
    let isReported = false;
    for (let elapsed = 0; ; elapsed = performance.now() - began) {
      const [reader] = this.#before(transaction);
      if (reader === undefined) return;
      if (elapsed >= limit) throw this.#busy(reader);
      if (elapsed >= REPORT_MS && !isReported) {
        isReported = true;
        waiting?.(`a reader: ${this.#nameOf(reader)}`);
      }
      await pause(signal);
    }
  }

  #before(transaction: number): ReaderPlace[] {
    // Reads of this process, made while looking for its way.
    forgetReads(this.#main);
    if (this.#listed(transaction).length === 0) return [];
    // Some may belong to killed processes.
    this.#main.readerCheck();
    return this.#listed(transaction);
  }

  #listed(before: number): ReaderPlace[] {
    const places = placesListed(this.#main.readerList());
    return places.filter(({ transaction }) => transaction !== undefined && transaction < before);
  }

  #busy(reader: ReaderPlace): KvError {
    const state = `${this.#nameOf(reader)} reads what it was before`;
    return new KvError('busy', `cannot compact store "${this.#path}": ${state}`, {
      hint: 'try again, or wait longer: --wait DUR; kv store readers shows who reads',
    });
  }

  #nameOf({ process }: ReaderPlace): string {
    return processText(process, nameOfUser(process, this.#path));
  }
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  await sleep(PAUSE_MS);
  signal?.throwIfAborted();
}
