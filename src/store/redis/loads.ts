/** Loads packed records into a bucket, in steps, so that other work can run in between. */
import type { PackedRecords } from '../record.js';
import type { Existing } from '../store.js';
import type { BulkWrites } from './bulk-writes.js';
import { KEYS_OF_CALL, lookUp } from './record-lookup.js';
import type { ShardCalls } from './shard-calls.js';

/** Appends the positions of refused records. Throws `no-bucket`. */
export function* loaded(
  calls: ShardCalls,
  bucket: string,
  records: PackedRecords,
  {
    existing,
    writes,
    refused,
  }: { existing: Existing; writes: () => BulkWrites; refused: number[] },
): Generator<number> {
  calls.catalogue.entry(bucket);
  let count = records.count;
  if (existing === 'stop') {
    count = firstThere(calls, bucket, records) ?? count;
    if (count < records.count) refused.push(count);
  }
  const bulk = writes();
  for (let position = 0; position < count; position++) {
    const [keyStart, keyEnd, valueStart, valueEnd] = records.places.subarray(4 * position);
    const value = records.bytes.subarray(valueStart, valueEnd);
    const expires = records.expires?.[position] || undefined;
    const isSent = bulk.put(records.bytes.subarray(keyStart, keyEnd), value, { expires });
    if (isSent) yield position;
  }
  refused.push(...bulk.finish().refused);
  yield 1;
}

/**
 * The position of the first record whose key exists, also earlier in the batch; undefined if there
 * is none.
 */
function firstThere(
  calls: ShardCalls,
  bucket: string,
  { count, bytes, places }: PackedRecords,
): number | undefined {
  const seen = new Set<string>();
  for (let start = 0; start < count; start += KEYS_OF_CALL) {
    const keys: string[] = [];
    for (let position = start; position < Math.min(start + KEYS_OF_CALL, count); position++) {
      keys.push(bytes.toString('utf8', places[4 * position], places[4 * position + 1]));
    }
    const { records } = lookUp(calls, bucket, keys, 'header');
    for (const [at, key] of keys.entries()) {
      if (records[at] || seen.has(key)) return start + at;
      seen.add(key);
    }
  }
  return undefined;
}
