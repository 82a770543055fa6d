/** Copies a store of format 1 to a new one, with its ids, versions and times. */
import type { Environment } from '../environment.js';
import {
  bucketDatabase,
  CHUNK_SIZE_BYTES,
  chunkKey,
  encodeBucketEntry,
  encodeU64,
  FORMAT,
  FORMAT_KEY,
  internalDatabases,
  nameKey,
  SEQUENCE_KEY,
  sealEntry,
} from '../layout.js';
import { type ChunkedValue, encodeChunked, encodeInline, keyPlace } from '../record-layout.js';
import type { OldBucket, OldRecord, OldStore } from './format-1.js';

/** Bytes of records, or of chunks, written in one transaction. */
const BATCH_BYTES = 32 * 1024 * 1024;

/** Bytes of a record besides its key and value, at most. */
const RECORD_BYTES = 64;

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
    const sequence = sealEntry(made.main.seed, SEQUENCE_KEY, encodeU64(old.sequence));
    made.main.putSync(SEQUENCE_KEY, sequence);
  });
  for (const bucket of old.buckets()) yield* copyBucket(old, bucket, made, held);
  for (const value of held.values()) yield* copyValue(old, value, made);
}

function* copyBucket(
  old: OldStore,
  bucket: OldBucket,
  made: Environment,
  held: Map<number, Held>,
): Generator<number> {
  const { name, id, created } = bucket;
  made.writes.transactionSync(() => {
    const key = nameKey(name);
    made.main.putSync(key, sealEntry(made.main.seed, key, encodeBucketEntry({ id, created })));
    made.databases.create(bucketDatabase(id));
  });
  const pages = old.records(bucket);
  for (let isMore = true; isMore; ) {
    let count = 0;
    made.writes.transactionSync(() => {
      const db = made.databases.get(bucketDatabase(id));
      for (let bytes = 0; bytes < BATCH_BYTES; ) {
        const { done, value: records } = pages.next();
        isMore = !done;
        if (done) return;
        for (const record of records) {
          const encoded = encode(db.seed, record, held);
          made.willWrite(encoded.length);
          db.putSync(Buffer.from(record.key), encoded, { append: true });
          bytes += record.key.length + encoded.length + RECORD_BYTES;
        }
        count += records.length;
      }
    });
    yield count;
  }
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
  const count = Math.ceil(size / chunkSize);
  const batch = Math.ceil(BATCH_BYTES / CHUNK_SIZE_BYTES);
  for (let first = 0; first < count; first += batch) {
    made.writes.transactionSync(() => {
      const [chunks, values] = [made.databases.get('chunks'), made.databases.get('values')];
      for (let index = first; index < Math.min(first + batch, count); index++) {
        const chunk = old.chunk(value, index);
        made.willWrite(chunk.length);
        chunks.putSync(chunkKey(valueId, index, chunk), chunk);
      }
      const key = encodeU64(valueId);
      if (first === 0) values.putSync(key, sealEntry(values.seed, key, encodeU64(holders)));
    });
    yield 0;
  }
}
