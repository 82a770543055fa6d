/**
 * Copies or deletes a bucket, its records, or a range of them, within a transaction. Each works in
 * steps, which yield the number of records done.
 */
import { ELSEWHERE, isExpired, type KeyRange, type Stamp } from '../record.js';
import { viewOf } from './checksum.js';
import { type Db, KeySpan, type PutOptions, type ValueSpan } from './database.js';
import type { Environment } from './environment.js';
import { bucketDatabase, bucketIdOf } from './layout.js';
import type { ListedRecords } from './listed-records.js';
import { valueSpanOver } from './lmdb-internals.js';
import type { Parts } from './parts.js';
import { encodeChunked, encodeInline, keyPlace, restamp } from './record-layout.js';
import { listRecords } from './record-pages.js';
import { letGo, STORED } from './records.js';

/** A bucket, and whether the transaction under way has not changed anything yet. */
export interface Original {
  readonly bucket: string;
  readonly isUntouched: boolean;
}

/** Makes a bucket with a copy of another's records. Throws `no-bucket`, `bucket-exists`, `full`. */
export function* copyBucket(parts: Parts, original: Original, to: string): Generator<number> {
  const { catalogue } = parts;
  const action = `copy bucket "${original.bucket}"`;
  catalogue.entryOf(original.bucket);
  catalogue.mustBeFree(to, action);
  catalogue.create(to, action);
  yield* copyRecords(parts, original, to);
}

/** Deletes a bucket with its records. Throws `no-bucket`. */
export function* deleteBucket(parts: Parts, original: Original): Generator<number> {
  const { catalogue, environment } = parts;
  yield* clearRecords(parts, original);
  environment.databases.drop(bucketDatabase(catalogue.entryOf(original.bucket).id));
  catalogue.remove(original.bucket);
}

/** Fills an empty bucket with the unexpired records of another; chunks are shared. */
function* copyRecords(
  parts: Parts,
  { bucket, isUntouched }: Original,
  to: string,
): Generator<number> {
  const { environment, expiry } = parts;
  const target = parts.catalogue.databaseOf(to);
  const targetId = bucketIdOf(target.name)!;
  const modified = Date.now();
  const { moment } = environment.writes;
  for (const records of listRecords(parts, bucket, {}, moment, isUntouched)) {
    const inline = new InlineCopies(environment, target, records);
    for (let position = 0; position < records.count; position++) {
      const expires = records.expires(position);
      const stamp = { version: environment.writes.nextNumber(), modified, expires };
      if (!inline.copy(position, stamp)) {
        const key = keyOf(records, position);
        const record = copyOf(parts, records, position, { seed: target.seed, key }, stamp);
        environment.willWrite(record.length);
        target.putSync(key, record, APPENDING);
      }
      if (expires !== undefined) expiry.add(stamp, targetId, keyOf(records, position));
    }
    yield records.count;
  }
}

const APPENDING: PutOptions = { append: true };

/**
 * Copies records from a leaf in place, after their keys, in bytes that the listing does not use
 * otherwise.
 */
class InlineCopies {
  readonly #environment: Environment;
  readonly #target: Db;
  readonly #places: Int32Array;
  readonly #offset: number;
  /** These objects are reused for all records. */
  readonly #place: { readonly seed: number; readonly view: DataView; start: number; end: number };
  readonly #key: KeySpan;
  readonly #record: ValueSpan;

  constructor(environment: Environment, target: Db, { bytes, places }: ListedRecords) {
    this.#environment = environment;
    this.#target = target;
    this.#places = places;
    this.#offset = bytes.byteOffset;
    this.#place = { seed: target.seed, view: viewOf(bytes), start: 0, end: 0 };
    this.#key = new KeySpan(bytes);
    this.#record = valueSpanOver(bytes);
  }

  /** False for a record that is not on the leaf. */
  copy(position: number, stamp: Stamp): boolean {
    const places = this.#places;
    if (places[4 * position + 2] === ELSEWHERE) return false;
    const keyStart = places[4 * position]!;
    const start = places[4 * position + 1]!;
    const end = places[4 * position + 3]!;
    this.#key.start = keyStart;
    this.#key.end = start;
    this.#place.start = keyStart;
    this.#place.end = start;
    restamp(this.#place.view, start, end, this.#place, stamp);
    this.#record.start = this.#offset + start;
    this.#record.end = this.#offset + end;
    this.#environment.willWrite(end - start);
    this.#target.putSync(this.#key, this.#record, APPENDING);
    return true;
  }
}

/** Deletes every record of a bucket, expired ones too. */
export function* clearRecords(parts: Parts, { bucket, isUntouched }: Original): Generator<number> {
  const { environment } = parts;
  const db = parts.catalogue.databaseOf(bucket);
  // Most buckets have neither chunks nor expiring records, which is known at once if the whole
  // store has none.
  const areListed = parts.chunks.countValues() + parts.expiry.count() > 0;
  if (areListed) {
    for (const records of listRecords(parts, bucket, {}, STORED.moment, isUntouched)) {
      for (let position = 0; position < records.count; position++) {
        release(parts, records, position);
      }
      yield records.count;
    }
  }
  const { entries, pages } = environment.databases.sizeOf(db);
  for (const leaves of environment.databases.lookAtAll(db)) {
    yield areListed ? 0 : leaves * (entries / pages);
  }
  db.clearSync();
}

/** Deletes the records of a range, expired ones too, which are not counted; others stay. */
export function* deleteRecords(
  parts: Parts,
  { bucket, isUntouched }: Original,
  { lower, upper }: KeyRange,
): Generator<number> {
  const db = parts.catalogue.databaseOf(bucket);
  const { moment } = parts.environment.writes;
  const range = { ...(lower && { lower }), ...(upper && { upper }) };
  for (const records of listRecords(parts, bucket, range, STORED.moment, isUntouched)) {
    let count = 0;
    for (let position = 0; position < records.count; position++) {
      if (!isExpired({ expires: records.expires(position) }, moment)) count++;
      release(parts, records, position);
      db.removeSync(keyOf(records, position));
    }
    yield count;
  }
}

/** Whether no key of a database lies outside of a range. */
export function isWithin(db: Db, { lower, upper }: KeyRange): boolean {
  const [first] = db.getKeys({ limit: 1 });
  const [last] = db.getKeys({ reverse: true, limit: 1 });
  if (first === undefined || last === undefined) return true;
  return (
    (lower === undefined || Buffer.compare(first, lower) >= 0) &&
    (upper === undefined || Buffer.compare(last, upper) < 0)
  );
}

/** A record for another bucket with the value of a listed one that is elsewhere. */
function copyOf(
  parts: Parts,
  records: ListedRecords,
  position: number,
  { seed, key }: { readonly seed: number; readonly key: Uint8Array },
  stamp: Stamp,
): Buffer {
  const header = records.header(position)!;
  if (header.chunked) {
    parts.chunks.checkHeld(header.chunked.valueId);
    parts.chunks.retain(header.chunked.valueId);
    return encodeChunked(keyPlace(seed, key), stamp, header.chunked);
  }
  const value = records.value(position)!.read(0, header.size);
  return encodeInline(keyPlace(seed, key), stamp, value);
}

/** Releases the chunks and the index entry of a record. */
function release(parts: Parts, records: ListedRecords, position: number): void {
  const isAlone = records.places[4 * position + 2] !== ELSEWHERE && !records.mayExpire;
  const header = isAlone ? undefined : records.header(position);
  if (header) letGo(parts, header);
}

function keyOf({ bytes, places }: ListedRecords, position: number): Buffer {
  return bytes.subarray(places[4 * position], places[4 * position + 1]);
}
