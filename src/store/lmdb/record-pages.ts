/**
 * The records of a bucket, page by page: from the file itself, leaf by leaf, or where that cannot be,
 * through LMDB. The pages of a write transaction are not all in the file.
 */
import { absentBucket, KvError } from '../../errors.js';
import { KEY_LIMIT_BYTES, type KeyRange } from '../record.js';
import { type Db, statsOf } from './database.js';
import type { Environment, Snapshot } from './environment.js';
import { LeafRecords } from './file/leaf-records.js';
import { leavesOf } from './file/leaves.js';
import { tree } from './file/page.js';
import { KeyedRecords } from './keyed-records.js';
import type { ListedRecords } from './listed-records.js';
import type { Parts } from './parts.js';

/** Keys read at a time through LMDB. Between two pages the caller may write. */
const PAGE_KEYS = 1000;

/** Keys of the first page: whoever wants one key, or a few, does not pay for a thousand. */
const FIRST_PAGE_KEYS = 16;

/** How much larger each page is than the one before, up to `PAGE_KEYS`. */
const PAGE_GROWTH = 8;

/** The records of a bucket in a range, and how many there are by the bucket's own count. */
interface RecordPages {
  readonly pages: Iterable<ListedRecords>;
  readonly expected: number;
}

/**
 * See `StoreBucket.records`. Where the transaction under way `isUntouched`, they are those that it
 * was begun with, whatever is written to it meanwhile.
 */
export function* listRecords(
  parts: Parts,
  bucket: string,
  range: KeyRange,
  isUntouched = false,
): Generator<ListedRecords> {
  const { catalogue, environment } = parts;
  const db = catalogue.databaseOf(bucket);
  const snapshot = isUntouched ? environment.keepBeginning() : environment.keep();
  try {
    const isInFile = !range.reverse && snapshot !== undefined;
    const listing = isInFile
      ? listFromFile(parts, db, snapshot, range)
      : listThroughLmdb(parts, bucket, db, snapshot, range);
    let given = 0;
    for (const records of listing.pages) {
      yield records;
      given += records.count;
    }
    const isWhole = range.lower === undefined && range.upper === undefined;
    if (isWhole) checkCount(bucket, given, listing.expected);
  } finally {
    environment.release(snapshot);
  }
}

/** Throws `damaged` where a bucket gave fewer keys than it holds. */
function checkCount(bucket: string, given: number, expected: number): void {
  if (given >= expected) return;
  const state = `damaged: ${given} of its ${expected} keys can be read`;
  throw new KvError('damaged', `cannot list bucket "${bucket}": ${state}`);
}

function listFromFile(
  { chunks, environment }: Parts,
  db: Db,
  snapshot: Snapshot,
  { lower, upper }: KeyRange,
): RecordPages {
  const descriptor = environment.descriptor(db, snapshot);
  // Of the snapshot, or of a transaction that has come since.
  const newest = BigInt(environment.lastTransaction);
  const { file } = environment;
  const source = { file, newest, chunks, snapshot };
  const leaves = leavesOf(file, descriptor, newest, { lower, upper });
  return {
    expected: Number(descriptor.readBigUInt64LE(tree.entries)),
    pages: mapped(leaves, (leaf) => new LeafRecords(leaf, source)),
  };
}

/** LMDB goes past a damaged page as if the bucket ended there. */
function listThroughLmdb(
  parts: Parts,
  bucket: string,
  db: Db,
  snapshot: Snapshot,
  range: KeyRange,
): RecordPages {
  const { environment } = parts;
  return {
    expected: environment.reading(() => statsOf(db).entryCount),
    pages: mapped(
      keyPages(environment, bucket, db, snapshot, range),
      (keys) => new KeyedRecords(keys, parts, db, snapshot),
    ),
  };
}

function* keyPages(
  environment: Environment,
  bucket: string,
  db: Db,
  snapshot: Snapshot,
  range: KeyRange,
): Generator<Buffer[]> {
  let rest: KeyRange = range;
  let wanted = FIRST_PAGE_KEYS;
  for (;;) {
    // To go on in a database that has been dropped meanwhile would end the process.
    if (!environment.isOpen(db)) throw absentBucket(bucket);
    const page = readKeys(environment, db, rest, wanted, snapshot);
    if (page.length > 0) yield page;
    if (page.length < wanted) return;
    const last = page.at(-1)!;
    rest = range.reverse ? { ...range, upper: last } : { ...range, lower: successorOf(last) };
    wanted = Math.min(wanted * PAGE_GROWTH, PAGE_KEYS);
  }
}

function readKeys(
  environment: Environment,
  db: Db,
  { lower, upper, reverse = false }: KeyRange,
  limit: number,
  snapshot: Snapshot,
): Buffer[] {
  // lmdb takes a bound of no bytes for none, but no key is less than it.
  if (upper?.length === 0) return [];
  const from = reverse ? upper : lower;
  const options = {
    // A bound may be a byte longer than a key: just beyond the longest one.
    ...(from && { start: Buffer.from(from.subarray(0, KEY_LIMIT_BYTES)) }),
    exclusiveStart: from !== undefined && (reverse || from.length > KEY_LIMIT_BYTES),
    // lmdb would leave out the least key of all, going down to where no end is given.
    end: (reverse ? undefined : (upper as Buffer | undefined)) as Buffer,
    reverse,
    limit,
    ...(snapshot && { transaction: snapshot }),
  };
  const page = environment.reading(() => [...db.getKeys(options)]);
  if (!reverse || lower === undefined) return page;
  const beyond = page.findIndex((key) => Buffer.compare(key, lower) < 0);
  return beyond === -1 ? page : page.slice(0, beyond);
}

/** The first bytes that come after a key. */
function successorOf(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.of(0)]);
}

function* mapped<T, U>(items: Iterable<T>, map: (item: T) => U): Generator<U> {
  for (const item of items) yield map(item);
}
