/** Loads a batch of records into a database. */

import { loadOrder } from '../load-order.js';
import { isExpired, type Milliseconds, type PackedRecords } from '../record.js';
import type { BatchLimits } from '../record-batch.js';
import type { Existing } from '../store.js';
import { viewOf } from './checksum.js';
import { type Db, KeySpan, type PutOptions, pagesOf, statsOf, type ValueSpan } from './database.js';
import { bucketIdOf, INLINE_LIMIT_BYTES } from './layout.js';
import { valueSpanOver } from './lmdb-internals.js';
import { LmdbUpload } from './lmdb-upload.js';
import type { Parts } from './parts.js';
import type { Found } from './reads.js';
import {
  decodeHeader,
  INLINE_HEADER_LIMIT_BYTES,
  isPlain,
  isSound,
  stampInline,
} from './record-layout.js';
import { letGo, NOT_ITS_SUM, type Replaced, readHeader, STORED, setRecord } from './records.js';

/** The most pages that a load may change in random order: about 125 MiB. */
const SCATTER_PAGES = 32_000;

/** Records in a step: about a millisecond, unless they are large. */
const STEP_RECORDS = 256;

/** The limits of a batch for the database; `folder` is the store's. */
export function batchLimits(db: Db, folder: string): BatchLimits {
  const room = INLINE_HEADER_LIMIT_BYTES;
  // Each record may change another page, which stays in memory until the commit; a small database
  // has few pages.
  const isSmall = pagesOf(statsOf(db)) <= SCATTER_PAGES;
  if (isSmall) return { room, scattered: Number.POSITIVE_INFINITY };
  return { room, scattered: SCATTER_PAGES, scratch: folder };
}

/**
 * See `StoreBucket.load`; within a transaction, in steps that yield the number of records done.
 * Appends the positions of refused records to `refused`.
 */
export function* loadRecords(
  parts: Parts,
  db: Db,
  records: PackedRecords,
  existing: Existing,
  refused: number[],
): Generator<number> {
  const { count, ascending, room } = records;
  if (room < INLINE_HEADER_LIMIT_BYTES) throw new Error('a batch was not made for this store');
  parts.environment.willWrite(records.bytes.length);
  const load = new Load(parts, db, records, existing);
  // The first refused record must be the first of the input, so a `stop` load keeps the input's
  // order.
  const order = ascending || existing === 'stop' ? undefined : loadOrder(records);
  for (let index = 0; index < count; index++) {
    const position = order === undefined ? index : order[index]!;
    if (!load.write(position)) {
      refused.push(position);
      if (existing === 'stop') return;
    }
    if (index % STEP_RECORDS === 0) yield STEP_RECORDS;
  }
}

const OVERWRITING: PutOptions = {};

/** What is replaced for a record without chunks and expiry. */
const NOTHING: Replaced = { chunked: undefined, expires: undefined, version: 0 };

class Load {
  readonly #parts: Parts;
  readonly #db: Db;
  readonly #records: PackedRecords;
  readonly #existing: Existing;
  readonly #options: PutOptions;
  /**
   * Whether the previous key existed: the next one usually does too, and is looked up before it is
   * written.
   */
  #isReplacing = false;
  /** These objects are reused for all records. */
  readonly #stamp = {
    version: 0,
    modified: Date.now(),
    expires: undefined as Milliseconds | undefined,
  };
  readonly #place: { seed: number; view: DataView; start: number; end: number };
  readonly #key: KeySpan;
  readonly #value: ValueSpan;

  constructor(parts: Parts, db: Db, records: PackedRecords, existing: Existing) {
    this.#parts = parts;
    this.#db = db;
    this.#records = records;
    this.#existing = existing;
    this.#place = { seed: db.seed, view: viewOf(records.bytes), start: 0, end: 0 };
    this.#key = new KeySpan(records.bytes);
    this.#value = valueSpanOver(records.bytes);
    // The first record tells LMDB that a key comes after all others, which saves the search for its
    // place.
    const isBeyond = records.ascending && this.#isBeyondLast();
    this.#options = isBeyond ? { append: true } : { noOverwrite: true };
  }

  /** Writes a record; false if its key exists and is kept. */
  write(position: number): boolean {
    const { places } = this.#records;
    this.#key.start = places[4 * position]!;
    this.#key.end = places[4 * position + 1]!;
    const { environment } = this.#parts;
    const found = this.#isReplacing ? environment.reads.get(this.#db, this.#key) : undefined;
    if (found === undefined && this.#set(position, this.#options)) {
      this.#isReplacing = false;
      return true;
    }
    const old = found
      ? this.#replaced(found)
      : readHeader(this.#parts, this.#db, this.#keyAt(position), STORED);
    this.#isReplacing = true;
    const isKept =
      this.#existing !== 'overwrite' && old && !isExpired(old, environment.writes.moment);
    if (isKept) return false;
    this.#set(position, OVERWRITING);
    // A large record has released the old value itself.
    if (old && !this.#isLarge(position)) letGo(this.#parts, old);
    return true;
  }

  /** Sets a record; false if its key exists and may not be overwritten. */
  #set(position: number, options: PutOptions): boolean {
    const { bytes, places } = this.#records;
    const start = places[4 * position + 2]!;
    const end = places[4 * position + 3]!;
    if (end - start > INLINE_LIMIT_BYTES) {
      const key = this.#keyAt(position);
      if (options.noOverwrite && readHeader(this.#parts, this.#db, key, STORED)) return false;
      this.#setLarge(key, bytes.subarray(start, end), this.#expiresAt(position));
      return true;
    }
    this.#place.start = this.#key.start;
    this.#place.end = this.#key.end;
    this.#stamp.version = this.#parts.environment.writes.nextNumber();
    this.#stamp.expires = this.#expiresAt(position);
    const begin = stampInline(bytes, this.#place.view, start, end, this.#place, this.#stamp);
    this.#value.start = bytes.byteOffset + begin;
    this.#value.end = bytes.byteOffset + end;
    const isSet = this.#db.putSync(this.#key, this.#value, options);
    if (isSet && this.#stamp.expires !== undefined) {
      this.#parts.expiry.add(this.#stamp, bucketIdOf(this.#db.name)!, this.#keyAt(position));
    }
    return isSet;
  }

  /** The record found under the key, after its checksum has been compared. Throws `damaged`. */
  #replaced(found: Found): Replaced {
    const { seed, view } = this.#place;
    const { start, end } = this.#key;
    if (!isSound(seed, view, start, end, found.view, 0, found.length)) {
      const key = Buffer.from(this.#key.bytes.subarray(start, end));
      throw this.#parts.catalogue.damagedRecord(this.#db, key, NOT_ITS_SUM);
    }
    return isPlain(found.view, 0) ? NOTHING : decodeHeader(found.bytes, found.length);
  }

  /** Whether the first of ascending keys, and so each, comes after all existing ones. */
  #isBeyondLast(): boolean {
    const [last] = this.#db.getKeys({ reverse: true, limit: 1 });
    return this.#records.count > 0 && (!last || Buffer.compare(this.#keyAt(0), last) > 0);
  }

  #setLarge(key: Buffer, value: Uint8Array, expires: Milliseconds | undefined): void {
    const upload = new LmdbUpload(this.#parts);
    try {
      upload.append(value);
      setRecord(this.#parts, this.#db, key, upload.contents(), expires);
    } finally {
      upload.close();
    }
  }

  #expiresAt(position: number): Milliseconds | undefined {
    return this.#records.expires?.[position] || undefined;
  }

  #isLarge(position: number): boolean {
    const { places } = this.#records;
    return places[4 * position + 3]! - places[4 * position + 2]! > INLINE_LIMIT_BYTES;
  }

  #keyAt(position: number): Buffer {
    const { bytes, places } = this.#records;
    return bytes.subarray(places[4 * position], places[4 * position + 1]);
  }
}
