/** Listing a part of a bucket in order. Beyond the WIT, whose `keys` gives all of them at once. */
import type { Entry, KeyRange, StoredRecords } from '../store/record.js';
import { type Bucket, storedBucket } from './bucket.js';
import { checkKeyBound } from './names.js';

/** Which keys to list; they must meet every bound that is given. Order: bytes of the UTF-8. */
export interface Selection {
  readonly prefix?: string | undefined;
  /** The first key, if it is there. */
  readonly start?: string | undefined;
  /** The first key that is no longer listed. */
  readonly end?: string | undefined;
  /** The last key of the page before, downward as well: listed are those beyond it. */
  readonly after?: string | undefined;
  /** At most this many keys. */
  readonly limit?: number | undefined;
  readonly reverse?: boolean | undefined;
}

/** The keys of a selection, of one snapshot. Throws `invalid-key` for a bound no key can have. */
export function listKeys(bucket: Bucket, selection: Selection): Generator<string> {
  return limited(keysOf(bucket, rangeOf(selection)), selection.limit);
}

/** The same with what is known of each record. */
export function listEntries(bucket: Bucket, selection: Selection): Generator<Entry> {
  return limited(entriesOf(bucket, rangeOf(selection)), selection.limit);
}

/** Whole records in batches, each valid until the next is asked for. Ignores a limit. */
export function listRecords(bucket: Bucket, selection: Selection): Iterable<StoredRecords> {
  return storedBucket(bucket).records(rangeOf(selection));
}

/** How many keys a selection has; of a whole bucket, without going through them. */
export function countKeys(bucket: Bucket, selection: Selection): number {
  const { prefix, start, end, after, limit } = selection;
  const bounded = Boolean(prefix || start) || end !== undefined || after !== undefined;
  if (!bounded) return Math.min(storedBucket(bucket).count(), limit ?? Number.POSITIVE_INFINITY);
  let count = 0;
  for (const _ of listKeys(bucket, selection)) count++;
  return count;
}

/** The bounds on the bytes of a key that a selection comes to. */
export function rangeOf(selection: Selection): KeyRange {
  const { prefix, start, end, after, reverse = false } = selection;
  for (const bound of [prefix, start, end, after]) {
    if (bound !== undefined) checkKeyBound(bound);
  }
  const lowers: Buffer[] = [];
  const uppers: Buffer[] = [];
  if (prefix) {
    lowers.push(Buffer.from(prefix));
    uppers.push(successorOfPrefix(prefix));
  }
  if (start) lowers.push(Buffer.from(start));
  if (end !== undefined) uppers.push(Buffer.from(end));
  if (after !== undefined && reverse) uppers.push(Buffer.from(after));
  if (after && !reverse) lowers.push(Buffer.concat([Buffer.from(after), Buffer.of(0)]));
  const lower = lowers.sort(Buffer.compare).at(-1);
  const upper = uppers.sort(Buffer.compare).at(0);
  return { ...(lower && { lower }), ...(upper && { upper }), reverse };
}

/** The keys of a range, of one snapshot. */
export function* keysOf(bucket: Bucket, range: KeyRange): Generator<string> {
  for (const records of storedBucket(bucket).records(range)) {
    for (let position = 0; position < records.count; position++) yield records.key(position);
  }
}

/** The same with what is known of each record. */
export function* entriesOf(bucket: Bucket, range: KeyRange): Generator<Entry> {
  for (const records of storedBucket(bucket).records(range)) {
    for (let position = 0; position < records.count; position++) {
      const entry = records.entry(position);
      if (entry) yield entry;
    }
  }
}

/** The first bytes that come after everything that begins with `prefix`: UTF-8 has no byte 0xFF. */
export function successorOfPrefix(prefix: string): Buffer {
  const bytes = Buffer.from(prefix);
  bytes[bytes.length - 1]!++;
  return bytes;
}

function* limited<T>(items: Iterable<T>, limit = Number.POSITIVE_INFINITY): Generator<T> {
  if (limit <= 0) return;
  let given = 0;
  for (const item of items) {
    yield item;
    if (++given >= limit) return;
  }
}
