/**
 * Copying and deleting the records of a bucket, or a range of them, within a transaction. Each is
 * gone through in steps, which yield how many records they were through with.
 */
import { ELSEWHERE, type KeyRange } from '../record.js';
import type { Db } from './database.js';
import {
  encodeChunked,
  encodeInline,
  INLINE_HEADER_BYTES,
  type Stamp,
  stampInline,
} from './layout.js';
import type { ListedRecords } from './listed-records.js';
import type { Parts } from './parts.js';
import { listRecords } from './record-pages.js';

/** A bucket, and whether the transaction under way has changed nothing before. */
interface Original {
  readonly bucket: string;
  readonly isUntouched: boolean;
}

/** Fills an empty bucket with the records of another; chunks are shared. */
export function* copyRecords(
  parts: Parts,
  { bucket, isUntouched }: Original,
  to: string,
): Generator<number> {
  const target = parts.catalogue.databaseOf(to);
  const modified = Date.now();
  for (const records of listRecords(parts, bucket, {}, isUntouched)) {
    for (let position = 0; position < records.count; position++) {
      const stamp = { version: parts.environment.writes.nextNumber(), modified };
      const record = copyOf(parts, records, position, stamp);
      parts.environment.willWrite(record.length);
      target.putSync(keyOf(records, position), record, { append: true });
    }
    yield records.count;
  }
}

/** Deletes every record of a bucket. */
export function* clearRecords(parts: Parts, { bucket, isUntouched }: Original): Generator<number> {
  const db = parts.catalogue.databaseOf(bucket);
  // Most buckets have no values in chunks, which is known at once where no bucket has.
  if (parts.chunks.countValues() > 0) {
    for (const records of listRecords(parts, bucket, {}, isUntouched)) {
      for (let position = 0; position < records.count; position++) {
        releaseChunks(parts, records, position);
      }
      yield records.count;
    }
  }
  db.clearSync();
}

/** Deletes the records of a range that leaves others. */
export function* deleteRecords(
  parts: Parts,
  { bucket, isUntouched }: Original,
  { lower, upper }: KeyRange,
): Generator<number> {
  const db = parts.catalogue.databaseOf(bucket);
  const range = { ...(lower && { lower }), ...(upper && { upper }) };
  for (const records of listRecords(parts, bucket, range, isUntouched)) {
    for (let position = 0; position < records.count; position++) {
      releaseChunks(parts, records, position);
      db.removeSync(keyOf(records, position));
    }
    yield records.count;
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

/** A record that holds the value of one that is listed, for another bucket. */
function copyOf(parts: Parts, records: ListedRecords, position: number, stamp: Stamp): Buffer {
  const { bytes, places } = records;
  const start = places[4 * position + 2]!;
  if (start !== ELSEWHERE) {
    // Its header is before it, in bytes that the listing has for us alone.
    const record = bytes.subarray(start - INLINE_HEADER_BYTES, places[4 * position + 3]);
    stampInline(record, stamp);
    return record;
  }
  const header = records.header(position)!;
  if (header.chunked) {
    parts.chunks.retain(header.chunked.valueId);
    return encodeChunked(stamp, header.chunked);
  }
  return encodeInline(stamp, records.value(position)!.read(0, header.size));
}

function releaseChunks(parts: Parts, records: ListedRecords, position: number): void {
  if (records.places[4 * position + 2] !== ELSEWHERE) return;
  const chunked = records.header(position)?.chunked;
  if (chunked) parts.chunks.release(chunked.valueId);
}

function keyOf({ bytes, places }: ListedRecords, position: number): Buffer {
  return bytes.subarray(places[4 * position], places[4 * position + 1]);
}
