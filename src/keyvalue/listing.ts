/** Lists part of a bucket, in order. Beyond the WIT, whose `keys` returns all keys at once. */
import type { Entry, KeyRange, StoredRecords } from '../store/record.js';
import { type Bucket, storedBucket } from './bucket.js';
import { checkKeyBound } from './names.js';
import type { RecordFilter } from './record-filter.js';

/**
 * Which keys to list: those that satisfy every bound given. The order is that of the UTF-8 bytes.
 */
export interface Selection {
  readonly prefix?: string | undefined;
  /** The first key, if it exists. */
  readonly start?: string | undefined;
  /** The first key after the listing. */
  readonly end?: string | undefined;
  /**
   * The last key of the page before, also in a descending listing: only keys beyond it are listed.
   */
  readonly after?: string | undefined;
  /** At most this many keys. */
  readonly limit?: number | undefined;
  readonly reverse?: boolean | undefined;
  readonly filter?: RecordFilter | undefined;
}

/** Records of a listing, and those of them that are selected. */
export interface Chosen {
  readonly records: StoredRecords;
  /** Their positions among the records, in order. */
  readonly positions: readonly number[];
}

/**
 * The selected records of one snapshot, in groups, some of them empty; each group is valid until
 * the next is asked for. Throws `invalid-key` for a bound that no key can have.
 */
export function choose(bucket: Bucket, selection: Selection): Generator<Chosen> {
  return chosenOf(storedBucket(bucket).records(rangeOf(selection)), selection);
}

/** The keys of a selection. See `choose`. */
export function listKeys(bucket: Bucket, selection: Selection): Generator<string> {
  return keysAmong(choose(bucket, selection));
}

/** The same with the metadata of each record. */
export function listEntries(bucket: Bucket, selection: Selection): Generator<Entry> {
  return entriesAmong(choose(bucket, selection));
}

/**
 * Whole records in batches, each valid until the next is asked for. Ignores a limit and a filter.
 */
export function listRecords(bucket: Bucket, selection: Selection): Iterable<StoredRecords> {
  return storedBucket(bucket).records(rangeOf(selection));
}

/** The number of selected keys; for a whole bucket without walking through it. */
export function countKeys(bucket: Bucket, selection: Selection): number {
  const whole = countAtOnce(bucket, selection);
  if (whole !== undefined) return whole;
  let count = 0;
  for (const { positions } of choose(bucket, selection)) count += positions.length;
  return count;
}

/** The same, if it needs no walk through the bucket; else undefined. */
export function countAtOnce(bucket: Bucket, selection: Selection): number | undefined {
  const { prefix, start, end, after, limit, filter } = selection;
  const bounded = Boolean(prefix || start) || end !== undefined || after !== undefined;
  if (bounded || filter) return undefined;
  return Math.min(storedBucket(bucket).count(), limit ?? Number.POSITIVE_INFINITY);
}

/** The range of key bytes for a selection. */
export function rangeOf(selection: Selection): KeyRange {
  const { prefix, start, end, after, limit, reverse = false, filter } = selection;
  for (const bound of [prefix, start, end, after]) {
    if (bound !== undefined) checkKeyBound(bound);
  }
  const lowers: Buffer[] = [];
  const uppers: Buffer[] = [];
  if (prefix) {
    lowers.push(Buffer.from(prefix));
    uppers.push(successorOfPrefix(prefix));
  }
  if (filter?.prefix) {
    lowers.push(Buffer.from(filter.prefix));
    uppers.push(successorOfPrefix(filter.prefix));
  }
  if (start) lowers.push(Buffer.from(start));
  if (end !== undefined) uppers.push(Buffer.from(end));
  if (after !== undefined && reverse) uppers.push(Buffer.from(after));
  if (after && !reverse) lowers.push(Buffer.concat([Buffer.from(after), Buffer.of(0)]));
  const lower = lowers.sort(Buffer.compare).at(-1);
  const upper = uppers.sort(Buffer.compare).at(0);
  const first = filter ? undefined : limit;
  return { ...(lower && { lower }), ...(upper && { upper }), reverse, ...(first && { first }) };
}

/** The keys of a range, from one snapshot. */
export function keysOf(bucket: Bucket, range: KeyRange): Generator<string> {
  return keysAmong(chosenOf(storedBucket(bucket).records(range), {}));
}

/** The same with the metadata of each record. */
export function entriesOf(bucket: Bucket, range: KeyRange): Generator<Entry> {
  return entriesAmong(chosenOf(storedBucket(bucket).records(range), {}));
}

/** The first bytes after everything that begins with `prefix`: UTF-8 has no byte 0xFF. */
export function successorOfPrefix(prefix: string): Buffer {
  const bytes = Buffer.from(prefix);
  bytes[bytes.length - 1]!++;
  return bytes;
}

function* chosenOf(
  pages: Iterable<StoredRecords>,
  { filter, limit = Number.POSITIVE_INFINITY }: Selection,
): Generator<Chosen> {
  let left = limit;
  if (left <= 0) return;
  for (const records of pages) {
    const positions = filter ? filter.accepted(records, left) : firstOf(records, left);
    yield { records, positions };
    left -= positions.length;
    if (left <= 0) return;
  }
}

function firstOf({ count }: StoredRecords, limit: number): number[] {
  const positions: number[] = [];
  for (let position = 0; position < count && position < limit; position++) positions.push(position);
  return positions;
}

function* keysAmong(chosen: Iterable<Chosen>): Generator<string> {
  for (const { records, positions } of chosen) {
    for (const position of positions) yield records.key(position);
  }
}

function* entriesAmong(chosen: Iterable<Chosen>): Generator<Entry> {
  for (const { records, positions } of chosen) {
    for (const position of positions) {
      const entry = records.entry(position);
      if (entry) yield entry;
    }
  }
}
