/**
 * The leaves of a tree, read from the store's file in the order of the keys. Asking LMDB for each
 * record costs many times as much; and damage is an error here, where LMDB ends the process.
 */
import { KvError } from '../../../errors.js';
import { KEY_LIMIT_BYTES } from '../../record.js';
import { Fault, type Page, type Place } from './page.js';
import type { StoreFile } from './store-file.js';
import { type Bounds, leafBeside, rootOf, walkInOrder } from './walk.js';

/** The nodes of a leaf within bounds, in order; at least one. */
export interface Leaf {
  readonly page: Page;
  /** The first node, and the one behind the last. */
  readonly from: number;
  readonly to: number;
}

/** Which leaves are read, and how. */
export interface LeafRange {
  readonly file: StoreFile;
  /** The descriptor of the tree. */
  readonly descriptor: Buffer;
  /** The last transaction that may have written a page. */
  readonly newest: bigint;
  readonly bounds: Bounds;
  /** Whether a record is what was written. It is called for records just outside of the bounds. */
  isSound(page: Page, node: number): boolean;
}

/**
 * The leaves of a tree whose keys lie within bounds, in a snapshot that the caller holds. The order
 * of the keys shows that no leaf was missed; at the bounds, the records outside of them do,
 * together with the branches, which have no checksums. Throws `damaged`, `io`.
 */
export function* leavesOf(range: LeafRange): Generator<Leaf> {
  const { file, descriptor, newest, bounds } = range;
  const root = rootOf(descriptor, 'named');
  if (root === undefined) return;
  const { lower, upper } = bounds;
  if (lower && upper && Buffer.compare(lower, upper) >= 0) return;
  const edges = new Edges(range, root);
  const last = new LastKey();
  let isEndSeen = upper === undefined;
  for (const found of walkInOrder(file, root, bounds, { newest })) {
    const page = sound(file, found.page);
    if (!page.isLeaf) continue;
    if (!isWithin(page, found.within)) throw edges.damaged();
    const from = lower ? page.firstFrom(lower, 0) : 0;
    const to = upper ? page.firstFrom(upper, 0) : page.count;
    // A damaged key may have misled the search for a bound.
    if ((from > 0 || to < page.count) && page.firstMisplaced() >= 0) throw edges.damaged();
    if (!last.isThere) edges.checkBefore(page, from);
    else if (!last.isBefore(page)) throw edges.damaged();
    last.take(page);
    if (to < page.count) {
      edges.checkSound(page, to);
      isEndSeen = true;
    }
    if (from < to) yield { page, from, to };
  }
  if (!last.isThere) throw edges.damaged();
  if (!isEndSeen) edges.checkAfter();
}

/** Whether a branch's key for the leaf is not after the leaf's keys, and the next one's is. */
function isWithin(page: Page, { lower, upper }: Bounds): boolean {
  if (lower && page.compareKey(0, lower) < 0) return false;
  return upper === undefined || page.compareKey(page.count - 1, upper) < 0;
}

/** The last key of the leaf before, in reused memory. */
class LastKey {
  isThere = false;
  readonly #bytes = Buffer.alloc(KEY_LIMIT_BYTES);
  #length = 0;

  take(page: Page): void {
    const end = page.dataStart(page.count - 1);
    let length = 0;
    for (let at = page.keyStart(page.count - 1); at < end; at++) {
      this.#bytes[length++] = page.bytes[at]!;
    }
    this.#length = length;
    this.isThere = true;
  }

  /** Whether the first key of a leaf comes after it. */
  isBefore(page: Page): boolean {
    const end = page.dataStart(0);
    let own = 0;
    for (let at = page.keyStart(0); at < end; at++, own++) {
      if (own === this.#length) return true;
      const difference = page.bytes[at]! - this.#bytes[own]!;
      if (difference !== 0) return difference > 0;
    }
    return false;
  }
}

/** The records just outside of the bounds of a walk. */
class Edges {
  readonly #range: LeafRange;
  readonly #root: Place;

  constructor(range: LeafRange, root: Place) {
    this.#range = range;
    this.#root = root;
  }

  /** Called with the first leaf, and its first node within the bounds. */
  checkBefore(page: Page, from: number): void {
    const { lower } = this.#range.bounds;
    if (lower === undefined) return;
    if (from > 0) this.checkSound(page, from - 1);
    const before = from > 0 ? undefined : this.#leafBeside('before', lower);
    if (before === undefined) return;
    const node = before.count - 1;
    if (before.compareKey(node, lower) >= 0) throw this.damaged();
    this.checkSound(before, node);
  }

  checkAfter(): void {
    const upper = this.#range.bounds.upper!;
    const after = this.#leafBeside('after', upper);
    if (after === undefined) return;
    if (after.compareKey(0, upper) < 0) throw this.damaged();
    this.checkSound(after, 0);
  }

  checkSound(page: Page, node: number): void {
    if (!this.#range.isSound(page, node)) throw this.damaged();
  }

  damaged(): KvError {
    return outOfOrder(this.#range.file);
  }

  #leafBeside(side: 'before' | 'after', bound: Uint8Array): Page | undefined {
    const { file, newest } = this.#range;
    const page = leafBeside(file, this.#root, side, bound, { newest });
    return page && sound(file, page);
  }
}

/** The error for keys out of order. */
export function outOfOrder({ path }: StoreFile): KvError {
  const state = 'damaged: its pages are not in the order of their keys';
  return new KvError('damaged', `cannot read store file "${path}": ${state}`);
}

/** Throws `damaged` for a fault. */
export function sound<T>(file: StoreFile, found: T | Fault): T {
  if (!(found instanceof Fault)) return found;
  const state = `damaged: ${found.state}`;
  throw new KvError('damaged', `cannot read store file "${file.path}": ${state}`);
}
