/** Records of which the keys have been read, and the rest is read when it is asked for. */
import { ELSEWHERE, type Entry, type StoredValue } from '../record.js';
import type { Db } from './database.js';
import type { Snapshot } from './environment.js';
import type { Header } from './layout.js';
import type { ListedRecords } from './listed-records.js';
import type { Parts } from './parts.js';
import { metadataOf, readHeader, readValue } from './records.js';

export class KeyedRecords implements ListedRecords {
  readonly count: number;
  readonly #keys: readonly Buffer[];
  readonly #parts: Parts;
  readonly #db: Db;
  readonly #snapshot: Snapshot;
  #bytes: Buffer | undefined;
  #places: Int32Array | undefined;

  constructor(keys: readonly Buffer[], parts: Parts, db: Db, snapshot: Snapshot) {
    this.count = keys.length;
    this.#keys = keys;
    this.#parts = parts;
    this.#db = db;
    this.#snapshot = snapshot;
  }

  get bytes(): Buffer {
    this.#bytes ??= Buffer.concat(this.#keys);
    return this.#bytes;
  }

  get places(): Int32Array {
    this.#places ??= placesOf(this.#keys);
    return this.#places;
  }

  key(position: number): string {
    return this.#keys[position]!.toString();
  }

  /** Throws `damaged`. */
  entry(position: number): Entry | undefined {
    const header = this.header(position);
    return header && { key: this.key(position), ...metadataOf(header) };
  }

  /** Throws `damaged`. */
  header(position: number): Header | undefined {
    return readHeader(this.#parts, this.#db, this.#keys[position]!, this.#snapshot);
  }

  /** Throws `damaged`. */
  value(position: number): StoredValue | undefined {
    return readValue(this.#parts, this.#db, this.#keys[position]!, this.#snapshot);
  }
}

/** The places of keys one behind the other, whose values are elsewhere. */
function placesOf(keys: readonly Buffer[]): Int32Array {
  const places = new Int32Array(4 * keys.length).fill(ELSEWHERE);
  let start = 0;
  for (const [position, { length }] of keys.entries()) {
    places[4 * position] = start;
    start += length;
    places[4 * position + 1] = start;
  }
  return places;
}
