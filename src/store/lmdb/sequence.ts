/** The store's sequence of numbers, for versions and ids: each is issued once. */
import { KvError } from '../../errors.js';
import type { RootDb } from './database.js';
import { decodeU64, encodeU64, openEntry, SEQUENCE_KEY, sealEntry } from './layout.js';

export class Sequence {
  readonly #main: RootDb;
  /** The last number issued in the transaction under way; undefined before its first. */
  #current: number | undefined;
  /** The last number issued, also in a transaction that failed: it may have been printed. */
  #lastGiven = 0;

  constructor(main: RootDb) {
    this.#main = main;
  }

  /** The next number; within a transaction only. Throws `damaged`. */
  next(): number {
    this.#current ??= Math.max(this.#lastSaved(), this.#lastGiven);
    this.#lastGiven = ++this.#current;
    return this.#current;
  }

  /** Saves the last number, at the end of a transaction. */
  save(): void {
    if (this.#current === undefined) return;
    const entry = sealEntry(this.#main.seed, SEQUENCE_KEY, encodeU64(this.#current));
    this.#main.putSync(SEQUENCE_KEY, entry);
  }

  /** To be called when the transaction has ended, committed or not. */
  end(): void {
    this.#current = undefined;
  }

  #lastSaved(): number {
    const entry = this.#main.getBinary(SEQUENCE_KEY);
    const saved = entry && openEntry(this.#main.seed, SEQUENCE_KEY, entry);
    if (saved?.length === 8) return decodeU64(saved);
    const state = entry ? 'its sequence of numbers is damaged' : 'it lacks its sequence of numbers';
    throw new KvError('damaged', `cannot write to a store: ${state}`);
  }
}
