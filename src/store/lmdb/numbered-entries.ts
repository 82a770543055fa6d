/** Entries of the store's own databases that are keyed by a value's number: see layout.ts. */
import type { Db } from './database.js';
import type { Environment } from './environment.js';
import { decodeU64, encodeU64, sealEntry } from './layout.js';
import { readEntry } from './read-entry.js';

export class NumberedEntries {
  readonly #environment: Environment;
  readonly #name: 'values' | 'uploads';

  constructor(environment: Environment, name: 'values' | 'uploads') {
    this.#environment = environment;
    this.#name = name;
  }

  /** Undefined if there is none. Throws `damaged` for a wrong checksum. */
  get(id: number): Buffer | undefined {
    return readEntry(this.#environment, this.#database, encodeU64(id));
  }

  set(id: number, bytes: Buffer): void {
    const key = encodeU64(id);
    this.#database.putSync(key, sealEntry(this.#database.seed, key, bytes));
  }

  remove(id: number): void {
    this.#database.removeSync(encodeU64(id));
  }

  count(): number {
    return this.#environment.databases.sizeOf(this.#database).entries;
  }

  /** Throws `damaged`. */
  ids(): number[] {
    return this.#environment.reads.getKeys(this.#database, {}).map(decodeU64);
  }

  get #database(): Db {
    return this.#environment.databases.get(this.#name);
  }
}
