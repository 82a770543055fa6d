/**
 * The records of a bucket, page by page: leaf by leaf from the file, or, where that is impossible,
 * through LMDB. A write transaction's pages are not all in the file.
 */
import { absentBucket, KvError } from '../../errors.js';
import { KEY_LIMIT_BYTES, type KeyRange, type Milliseconds } from '../record.js';
import { type Db, statsOf } from './database.js';
import type { Environment } from './environment.js';
import { LeafRecords, PlaceMemory } from './file/leaf-records.js';
import { leavesOf } from './file/leaves.js';
import { tree } from './file/tree-descriptor.js';
import { KeyedRecords } from './keyed-records.js';
import type { ListedRecords } from './listed-records.js';
import type { Parts } from './parts.js';
import type { Snapshot } from './reads.js';
import type { ReadView } from './records.js';
import { countStretch, leafRange } from './sound-stretch.js';

/** Keys read at a time through LMDB. Between two pages the caller may write. */
const PAGE_KEYS = 1000;

/** Keys of the first page: a caller who wants only a few does not pay for a thousand. */
const FIRST_PAGE_KEYS = 16;

/** By how much each page is larger than the one before, up to `PAGE_KEYS`. */
const PAGE_GROWTH = 8;

/** The records of a bucket in a range, and the bucket's own count of them. */
interface RecordPages {
  readonly pages: Iterable<ListedRecords>;
  readonly expected: number;
}

/**
 * See `StoreBucket.records`. If the transaction under way `isUntouched`, they are those at its
 * beginning, whatever it writes meanwhile. Expired records are omitted.
 */
export function* listRecords(
  parts: Parts,
  bucket: string,
  range: KeyRange,
  moment: Milliseconds,
  isUntouched = false,
): Generator<ListedRecords> {
  const { catalogue, environment } = parts;
  const db = catalogue.databaseOf(bucket);
  const snapshot = isUntouched ? environment.reads.keepBeginning() : environment.reads.keep();
  try {
    const isInFile = !range.reverse && snapshot !== undefined;
    const listing = isInFile
      ? listFromFile(parts, db, { moment, snapshot }, range)
      : listThroughLmdb(parts, bucket, db, { moment, snapshot }, range);
    let given = 0;
    for (const records of listing.pages) {
      yield records;
      given += records.stored;
    }
    const isWhole = range.lower === undefined && range.upper === undefined;
    if (isWhole) checkCount(bucket, given, listing.expected, isInFile);
  } finally {
    environment.reads.release(snapshot);
  }
}

/** Throws `damaged` if a bucket gave fewer keys than it holds, or more. */
function checkCount(bucket: string, given: number, expected: number, isExact: boolean): void {
  // Within a transaction, its own writes may have come in between.
  if (given === expected || (given > expected && !isExact)) return;
  const state = `damaged: ${given} of its ${expected} keys can be read`;
  throw new KvError('damaged', `cannot list bucket "${bucket}": ${state}`);
}

function listFromFile(
  parts: Parts,
  db: Db,
  { moment, snapshot }: ReadView,
  { lower, upper }: KeyRange,
): RecordPages {
  const { catalogue, chunks, environment } = parts;
  const descriptor = environment.databases.descriptor(db, snapshot);
  const damaged = (key: Uint8Array, state: string) => catalogue.damagedRecord(db, key, state);
  const placeMemory = new PlaceMemory();
  const range = leafRange(environment, db, descriptor, { lower, upper });
  const { file, newest } = range;
  const { seed } = db;
  const source = { file, newest, seed, chunks, moment, snapshot, placeMemory, damaged };
  return {
    expected: Number(descriptor.readBigUInt64LE(tree.entries)),
    pages: mapped(leavesOf(range), (leaf) => new LeafRecords(leaf, source)),
  };
}

/** LMDB passes a damaged page as if the bucket ended there, so the file is checked as well. */
function listThroughLmdb(
  parts: Parts,
  bucket: string,
  db: Db,
  view: ReadView,
  range: KeyRange,
): RecordPages {
  const { environment } = parts;
  const isWhole = range.lower === undefined && range.upper === undefined;
  return {
    // A part cannot be compared with it, and asking costs as much as finding a key.
    expected: isWhole ? environment.reads.run(() => statsOf(db).entryCount) : 0,
    pages: mapped(
      keyPages(parts, bucket, db, view.snapshot, range),
      (keys) => new KeyedRecords(keys, parts, db, view),
    ),
  };
}

function* keyPages(
  parts: Parts,
  bucket: string,
  db: Db,
  snapshot: Snapshot,
  range: KeyRange,
): Generator<Buffer[]> {
  const { environment } = parts;
  const { first = FIRST_PAGE_KEYS, reverse = false } = range;
  let rest: KeyRange = range;
  let wanted = Math.min(FIRST_PAGE_KEYS, first);
  for (;;) {
    // Continuing in a database that has been dropped meanwhile would end the process.
    if (!environment.databases.isOpen(db)) throw absentBucket(bucket);
    const page = readKeys(environment, db, rest, wanted, snapshot);
    const last = page.length < wanted ? undefined : page.at(-1)!;
    const beyond = last && (reverse ? { upper: last } : { lower: successorOf(last) });
    const bounds = {
      lower: reverse ? (last ?? rest.lower) : rest.lower,
      upper: reverse ? rest.upper : (beyond?.lower ?? rest.upper),
    };
    // A transaction's writes are not in the file, so its keys cannot be counted there.
    if (snapshot === undefined) parts.stretches.check(environment, db, bounds);
    const isComplete =
      snapshot === undefined || countStretch(environment, db, snapshot, bounds) === page.length;
    if (!(isComplete && isInOrder(page, reverse))) {
      throw new KvError('damaged', `cannot list bucket "${bucket}": damaged: keys are missing`);
    }
    if (page.length > 0) yield page;
    if (beyond === undefined) return;
    rest = { ...range, ...beyond };
    wanted = Math.min(wanted * PAGE_GROWTH, PAGE_KEYS);
  }
}

function isInOrder(keys: readonly Buffer[], reverse: boolean): boolean {
  const sign = reverse ? -1 : 1;
  return keys.every(
    (key, index) => index === 0 || sign * Buffer.compare(key, keys[index - 1]!) > 0,
  );
}

function readKeys(
  environment: Environment,
  db: Db,
  { lower, upper, reverse = false }: KeyRange,
  limit: number,
  snapshot: Snapshot,
): Buffer[] {
  // lmdb takes an empty bound for none, but no key is less than it.
  if (upper?.length === 0) return [];
  const from = reverse ? upper : lower;
  const options = {
    // A bound may be a byte longer than a key: just after the longest one.
    ...(from && { start: Buffer.from(from.subarray(0, KEY_LIMIT_BYTES)) }),
    exclusiveStart: from !== undefined && (reverse || from.length > KEY_LIMIT_BYTES),
    // lmdb would omit the least key when it goes down without an end.
    end: (reverse ? undefined : (upper as Buffer | undefined)) as Buffer,
    reverse,
    limit,
  };
  const page = environment.reads.getKeys(db, options, snapshot);
  if (!reverse || lower === undefined) return page;
  const beyond = page.findIndex((key) => Buffer.compare(key, lower) < 0);
  return beyond === -1 ? page : page.slice(0, beyond);
}

/** The first bytes after a key. */
function successorOf(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.of(0)]);
}

function* mapped<T, U>(items: Iterable<T>, map: (item: T) => U): Generator<U> {
  for (const item of items) yield map(item);
}
