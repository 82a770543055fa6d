/**
 * Which of the two meta pages is the newer one. They have no checksum, and one damaged bit of a number can have the
 * older page pass for the newer: so they are held against each other, and against what they lead to.
 */
import { dirname, join } from 'node:path';
import { LOCK_FILE } from '../layout.js';
import { lastTransactionIn } from '../lock-file.js';
import { Fault } from './page.js';
import { numberOf, transactionOf } from './page-header.js';
import type { StoreFile } from './store-file.js';
import { rootOf } from './walk.js';

/** The content of a meta page, with the descriptors of the tree of free pages and of the main tree. */
interface MetaContent {
  readonly transaction: bigint;
  readonly lastPage: number;
  readonly free: Buffer;
  readonly main: Buffer;
}

/** The newer of the two; undefined if what they tell does not go together. Throws `io`. */
export function newerOf<T extends MetaContent>(
  file: StoreFile,
  first: T,
  second: T,
): T | undefined {
  if (!areInTurn(first.transaction, second.transaction)) return undefined;
  const [older, newer] = first.transaction < second.transaction ? [first, second] : [second, first];
  // After a compaction, and in a restored store, both lead to the same; a compaction that has written one of them may
  // have changed the lists of free pages alone.
  const isOfCompaction = newer.transaction - older.transaction === 3n;
  const areFreeSame = isOfCompaction || older.free.equals(newer.free);
  if (areFreeSame && older.main.equals(newer.main)) return newer;
  const roots = [rootOf(older.main, 'main'), rootOf(newer.main, 'main')] as const;
  const [before, after] = roots.map((root) => root && writerOfPage(file, root.number));
  const isBefore =
    before === undefined ||
    before <= older.transaction ||
    isOfFailedCommit(file, before, older, newer);
  const isAfter = after === undefined || after > older.transaction;
  return isBefore && isAfter ? newer : undefined;
}

/**
 * Where a commit cannot write its meta page, LMDB puts the older numbers back on it, and leaves the new trees, which
 * nothing reads: the next commit writes all of it. Where the file did not grow, only the lock file beside it tells that
 * from a damaged number: it has the number of the last commit that was made. Without it the file passes for damaged.
 */
function isOfFailedCommit(
  file: StoreFile,
  writer: bigint,
  older: MetaContent,
  newer: MetaContent,
): boolean {
  if (writer !== newer.transaction + 1n || older.lastPage > newer.lastPage) return false;
  const noted = lastTransactionIn(join(dirname(file.path), LOCK_FILE));
  return noted !== undefined && BigInt(noted) < writer;
}

/**
 * Whether the numbers on the first and the second page can be of two transactions of which one came after the other:
 * LMDB writes those of even numbers to the first, a compaction skips two, and a new file has none.
 */
export function areInTurn(first: bigint, second: bigint): boolean {
  const apart = first > second ? first - second : second - first;
  const isNew = first === 0n && second === 0n;
  return isNew || ((apart === 1n || apart === 3n) && first % 2n === 0n);
}

/** Undefined for what is no page. */
function writerOfPage(file: StoreFile, number: number): bigint | undefined {
  const bytes = file.readPages(number, 1);
  return bytes instanceof Fault || numberOf(bytes) !== number ? undefined : transactionOf(bytes);
}
