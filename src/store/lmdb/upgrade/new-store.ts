/** Copies a store of format 1 to a new one, with its ids, versions and times. */
import type { Environment } from '../environment.js';
import { keepBucket, keepEntries, keepSequence } from '../kept-contents.js';
import {
  bucketDatabase,
  chunkKey,
  encodeU64,
  FORMAT,
  FORMAT_KEY,
  internalDatabases,
  sealEntry,
} from '../layout.js';
import { type ChunkedValue, encodeChunked, encodeInline, keyPlace } from '../record-layout.js';
import type { OldBucket, OldRecord, OldStore } from './format-1.js';

/** A value in chunks: the longest part of it that a record holds, and the number of records. */
interface Held extends ChunkedValue {
  readonly holders: number;
}

/**
 * Fills a new environment. Each step yields the number of records written. Throws `damaged`,
 * `full`, `io`.
 */
export function* copyAll(old: OldStore, made: Environment): Generator<number> {
  const held = new Map<number, Held>();
  made.writes.transactionSync(() => {
    for (const name of internalDatabases) made.databases.create(name);
    made.main.putSync(FORMAT_KEY, encodeU64(FORMAT));
  });
  keepSequence(made, old.sequence);
  for (const bucket of old.buckets()) yield* copyBucket(old, bucket, made, held);
  for (const value of held.values()) yield* copyValue(old, value, made);
}

function* copyBucket(
  old: OldStore,
  bucket: OldBucket,
  made: Environment,
  held: Map<number, Held>,
): Generator<number> {
  keepBucket(made, bucket);
  const records = each(old.records(bucket));
  yield* keepEntries(made, bucketDatabase(bucket.id), records, (db, record) => {
    const encoded = encode(db.seed, record, held);
    made.willWrite(encoded.length);
    db.putSync(Buffer.from(record.key), encoded, { append: true });
    return record.key.length + encoded.length;
  });
}

function* each<T>(groups: Iterable<readonly T[]>): Generator<T> {
  for (const group of groups) yield* group;
}

function encode(seed: number, record: OldRecord, held: Map<number, Held>): Buffer {
  const { key, value, version, modified } = record;
  const stamp = { version, modified, expires: undefined };
  if (value instanceof Uint8Array) return encodeInline(keyPlace(seed, key), stamp, value);
  const before = held.get(value.valueId);
  const size = Math.max(value.size, before?.size ?? 0);
  held.set(value.valueId, { ...value, size, holders: (before?.holders ?? 0) + 1 });
  return encodeChunked(keyPlace(seed, key), stamp, value);
}

function* copyValue(old: OldStore, value: Held, made: Environment): Generator<number> {
  const { valueId, size, chunkSize, holders } = value;
  const indices = Array.from({ length: Math.ceil(size / chunkSize) }, (_, index) => index);
  const steps = keepEntries(made, 'chunks', indices, (chunks, index) => {
    const chunk = old.chunk(value, index);
    made.willWrite(chunk.length);
    chunks.putSync(chunkKey(valueId, index, chunk), chunk);
    return chunk.length;
  });
  for (const _ of steps) yield 0;
  made.writes.transactionSync(() => {
    const key = encodeU64(valueId);
    const values = made.databases.get('values');
    values.putSync(key, sealEntry(values.seed, key, encodeU64(holders)));
  });
}
