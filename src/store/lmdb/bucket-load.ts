/** Loading a batch of records into a database. */
import type { PackedRecords } from '../record.js';
import type { BatchLimits } from '../record-batch.js';
import type { Existing } from '../store.js';
import { type Db, type PutOptions, pagesOf, statsOf } from './database.js';
import { INLINE_HEADER_BYTES, INLINE_LIMIT_BYTES, stampInline } from './layout.js';
import { LmdbUpload } from './lmdb-upload.js';
import { loadOrder } from './load-order.js';
import type { Parts } from './parts.js';
import { readHeader, setRecord } from './records.js';

/** Pages that a load may change in no order: about 125 MiB. */
const SCATTER_PAGES = 32_000;

/** Records of a step: about a millisecond's worth, unless they are large. */
const STEP_RECORDS = 256;

/** What a batch for the database is to keep to. */
export function batchLimits(db: Db): BatchLimits {
  // Each record may change another page, which is held until the commit; but there are no more.
  const isSmall = pagesOf(statsOf(db)) <= SCATTER_PAGES;
  return {
    room: INLINE_HEADER_BYTES,
    scattered: isSmall ? Number.POSITIVE_INFINITY : SCATTER_PAGES,
  };
}

/**
 * See `StoreBucket.load`; within a transaction, in steps, which yield how many records they were
 * through with. Adds the positions that were refused to `refused`.
 */
export function* loadRecords(
  parts: Parts,
  db: Db,
  records: PackedRecords,
  existing: Existing,
  refused: number[],
): Generator<number> {
  const { count, ascending, room } = records;
  if (room < INLINE_HEADER_BYTES) throw new Error('a batch was not made for this store');
  parts.environment.willWrite(records.bytes.length);
  const load = new Load(parts, db, records);
  // What is refused must be the first of the input's, so that one is loaded as it comes.
  const order = ascending || existing === 'stop' ? undefined : loadOrder(records);
  // The first tells LMDB that a key comes after all others, which saves looking for its place.
  const options = ascending && load.isBeyondLast() ? { append: true } : { noOverwrite: true };
  for (let index = 0; index < count; index++) {
    const position = order === undefined ? index : order[index]!;
    if (!load.set(position, options)) {
      if (existing === 'overwrite') load.replace(position);
      else refused.push(position);
      if (existing === 'stop' && refused.length > 0) return;
    }
    if (index % STEP_RECORDS === 0) yield STEP_RECORDS;
  }
}

class Load {
  readonly #parts: Parts;
  readonly #db: Db;
  readonly #records: PackedRecords;
  readonly #modified = Date.now();

  constructor(parts: Parts, db: Db, records: PackedRecords) {
    this.#parts = parts;
    this.#db = db;
    this.#records = records;
  }

  /** Sets a record; false where its key is there already. */
  set(position: number, options: PutOptions): boolean {
    const { bytes, places } = this.#records;
    const key = this.#key(position);
    const start = places[4 * position + 2]!;
    const end = places[4 * position + 3]!;
    if (end - start > INLINE_LIMIT_BYTES) {
      if (options.noOverwrite && readHeader(this.#parts, this.#db, key)) return false;
      this.#setLarge(key, bytes.subarray(start, end));
      return true;
    }
    const record = bytes.subarray(start - INLINE_HEADER_BYTES, end);
    const version = this.#parts.environment.writes.nextNumber();
    stampInline(record, { version, modified: this.#modified });
    return this.#db.putSync(key, record, options);
  }

  /** Sets a record in the place of one that is there. */
  replace(position: number): void {
    const old = readHeader(this.#parts, this.#db, this.#key(position));
    this.set(position, {});
    // A large one has let go of it itself.
    if (old?.chunked && !this.#isLarge(position)) this.#parts.chunks.release(old.chunked.valueId);
  }

  /** Whether the first of ascending keys, and so each, comes after all that are there. */
  isBeyondLast(): boolean {
    const [last] = this.#db.getKeys({ reverse: true, limit: 1 });
    return this.#records.count > 0 && (!last || Buffer.compare(this.#key(0), last) > 0);
  }

  #setLarge(key: Buffer, value: Uint8Array): void {
    const upload = new LmdbUpload(this.#parts);
    try {
      upload.append(value);
      setRecord(this.#parts, this.#db, key, upload.contents());
    } finally {
      upload.close();
    }
  }

  #isLarge(position: number): boolean {
    const { places } = this.#records;
    return places[4 * position + 3]! - places[4 * position + 2]! > INLINE_LIMIT_BYTES;
  }

  #key(position: number): Buffer {
    const { bytes, places } = this.#records;
    return bytes.subarray(places[4 * position], places[4 * position + 1]);
  }
}
