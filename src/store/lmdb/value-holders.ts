/** The number of records that hold each value in chunks. */
import { KvError } from '../../errors.js';
import type { Environment } from './environment.js';
import { decodeU64, encodeU64 } from './layout.js';
import { NumberedEntries } from './numbered-entries.js';

export class ValueHolders {
  readonly #entries: NumberedEntries;
  readonly #path: string;

  constructor(environment: Environment) {
    this.#entries = new NumberedEntries(environment, 'values');
    this.#path = environment.path;
  }

  /** 0 for a value without a count. Throws `damaged`. */
  of(valueId: number): number {
    const bytes = this.#entries.get(valueId);
    return bytes ? decodeU64(bytes) : 0;
  }

  /** Throws `damaged` for a value that no record holds. */
  check(valueId: number): void {
    if (this.of(valueId) === 0) throw this.#uncounted(valueId);
  }

  /** Adds a record to the holders of the value. */
  add(valueId: number): void {
    this.#entries.set(valueId, encodeU64(this.of(valueId) + 1));
  }

  /**
   * Removes a record from the holders of the value; returns how many are left. Throws `damaged`.
   */
  remove(valueId: number): number {
    const left = this.of(valueId) - 1;
    if (left < 0) throw this.#uncounted(valueId);
    if (left > 0) this.#entries.set(valueId, encodeU64(left));
    else this.#entries.remove(valueId);
    return left;
  }

  /** The number of values with holders. */
  count(): number {
    return this.#entries.count();
  }

  #uncounted(valueId: number): KvError {
    const state = `damaged: how many records hold value ${valueId} is lost`;
    return new KvError('damaged', `cannot write to store "${this.#path}": ${state}`);
  }
}
