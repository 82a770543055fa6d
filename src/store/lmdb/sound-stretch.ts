/**
 * Checks a range of a tree in the file, after LMDB has read it: LMDB follows a damaged branch, and
 * passes a page that is not the right one.
 */
import type { Db } from './database.js';
import type { Environment } from './environment.js';
import { isSoundNode } from './file/leaf-records.js';
import { type Leaf, type LeafRange, leavesOf, outOfOrder } from './file/leaves.js';
import type { StoreFile } from './file/store-file.js';
import type { Bounds } from './file/walk.js';
import type { Snapshot } from './reads.js';

/** The arguments of `leavesOf`. */
export function leafRange(
  environment: Environment,
  db: Db,
  descriptor: Buffer,
  bounds: Bounds,
): LeafRange {
  const { file } = environment;
  // Of the snapshot, or of a later transaction.
  const newest = BigInt(environment.lastTransaction);
  const source = { file, newest, seed: db.seed };
  const isSound: LeafRange['isSound'] = (page, node) => isSoundNode(page, node, source);
  return { file, descriptor, newest, bounds, isSound };
}

/**
 * The number of records within bounds in a snapshot; undefined if there was no such tree yet.
 * Throws `damaged`, `io`.
 */
export function countStretch(
  environment: Environment,
  db: Db,
  snapshot: Snapshot,
  bounds: Bounds,
): number | undefined {
  const leaves = orderedLeaves(environment, db, snapshot, bounds);
  if (leaves === undefined) return undefined;
  let count = 0;
  for (const { from, to } of leaves) count += to - from;
  return count;
}

/** LMDB ends where a key seems to lie beyond the bounds, even if others come after it. */
function orderedLeaves(
  environment: Environment,
  db: Db,
  snapshot: Snapshot,
  bounds: Bounds,
): Iterable<Leaf> | undefined {
  const descriptor = environment.databases.findDescriptor(db.name, snapshot);
  if (descriptor === undefined) return undefined;
  return inOrder(leavesOf(leafRange(environment, db, descriptor, bounds)), environment.file);
}

function* inOrder(leaves: Iterable<Leaf>, file: StoreFile): Generator<Leaf> {
  for (const leaf of leaves) {
    if (leaf.page.firstMisplaced() >= 0) throw outOfOrder(file);
    yield leaf;
  }
}

/**
 * The ranges that have been checked in the state from which the transactions under way begin, one
 * for each tree: taking the first key of a queue again and again asks for the same range, and a
 * little more.
 */
export class SoundStretches {
  /** The last transaction of that state. */
  #transaction = -1;
  /** By the names of databases. */
  readonly #known = new Map<string, Bounds>();

  /** Checks what is not known to be sound. Within a transaction only. Throws `damaged`, `io`. */
  check(environment: Environment, db: Db, bounds: Bounds): void {
    const { lastTransaction } = environment;
    if (this.#transaction !== lastTransaction) this.#known.clear();
    this.#transaction = lastTransaction;
    const known = this.#known.get(db.name);
    const begins = known !== undefined && isWithin(bounds.lower, known);
    if (begins && !isBeyond(bounds.upper, known.upper)) return;
    const held = environment.reads.keepBeginning();
    try {
      const rest = begins ? { lower: known.upper, upper: bounds.upper } : bounds;
      // A leaf is in order as a whole.
      let end: Buffer | undefined;
      for (const { page } of orderedLeaves(environment, db, held, rest) ?? []) {
        end = Buffer.concat([page.key(page.count - 1), Buffer.of(0)]);
      }
      const upper = end && isBeyond(end, bounds.upper) ? end : bounds.upper;
      // The caller may reuse the memory of the bounds.
      const copy = (bound: Bounds['lower']) => bound && Buffer.from(bound);
      this.#known.set(db.name, {
        lower: copy((begins ? known : bounds).lower),
        upper: copy(upper),
      });
    } finally {
      environment.reads.release(held);
    }
  }
}

/** Whether a lower bound lies in a range, or at its end. */
function isWithin(bound: Bounds['lower'], { lower, upper }: Bounds): boolean {
  if (bound === undefined) return lower === undefined;
  return !(lower && Buffer.compare(bound, lower) < 0) && !isBeyond(bound, upper);
}

/** Whether an upper bound, undefined for none, comes after another. */
function isBeyond(bound: Bounds['upper'], other: Bounds['upper']): boolean {
  if (other === undefined) return false;
  return bound === undefined || Buffer.compare(bound, other) > 0;
}
