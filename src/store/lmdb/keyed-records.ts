/** Records whose keys have been read; the rest is read on demand. */
import { ELSEWHERE, type Entry, type Milliseconds, type StoredValue } from '../record.js';
import type { Db } from './database.js';
import type { ListedRecords } from './listed-records.js';
import type { Parts } from './parts.js';
import type { Header } from './record-layout.js';
import { metadataOf, type ReadView, readHeader, readValue } from './records.js';

export class KeyedRecords implements ListedRecords {
  readonly count: number;
  readonly stored: number;
  readonly mayExpire = true;
  readonly #keys: readonly Buffer[];
  readonly #parts: Parts;
  readonly #db: Db;
  readonly #view: ReadView;
  #bytes: Buffer | undefined;
  #places: Int32Array | undefined;

  /** Compares every record with its checksum. Throws `damaged`. */
  constructor(keys: readonly Buffer[], parts: Parts, db: Db, view: ReadView) {
    this.#parts = parts;
    this.#db = db;
    this.#view = view;
    this.#keys = keys.filter((key) => readHeader(parts, db, key, view));
    this.count = this.#keys.length;
    this.stored = keys.length;
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
  expires(position: number): Milliseconds | undefined {
    return this.header(position)?.expires;
  }

  /** Throws `damaged`. */
  entry(position: number): Entry | undefined {
    const header = this.header(position);
    return header && { key: this.key(position), ...metadataOf(header) };
  }

  /** Throws `damaged`. */
  header(position: number): Header | undefined {
    return readHeader(this.#parts, this.#db, this.#keys[position]!, this.#view);
  }

  /** Throws `damaged`. */
  value(position: number): StoredValue | undefined {
    return readValue(this.#parts, this.#db, this.#keys[position]!, this.#view);
  }
}

/** The places of adjacent keys, whose values are elsewhere. */
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
