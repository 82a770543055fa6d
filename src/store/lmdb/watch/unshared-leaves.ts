/**
 * Finds the leaves that two trees do not share. LMDB writes a page anew for each transaction that
 * changes it, and each page above it; so while the older tree is held, a page in both is the same,
 * with everything below it.
 */
import { sound } from '../file/leaves.js';
import type { Place } from '../file/page.js';
import { PAGE_HEADER_BYTES, transactionOf } from '../file/page-header.js';
import type { StoreFile } from '../file/store-file.js';
import { type Bounds, childOf, childrenWithin, readPage } from '../file/walk.js';

/** Where the trees are, and which of their keys matter. */
export interface TreesRange {
  readonly file: StoreFile;
  readonly bounds: Bounds;
  /** The last transaction that may have written a page. */
  readonly newest: bigint;
}

/**
 * A held tree, by its root, undefined if it is empty; or a transaction up to which pages are known,
 * which need not be held.
 */
export type Former =
  | { readonly kind: 'tree'; readonly root: Place | undefined }
  | { readonly kind: 'written'; readonly upTo: number };

/** Leaves in the order of their keys. */
interface Leaves {
  readonly before: readonly Place[];
  readonly after: readonly Place[];
}

/**
 * The leaves of the former tree that the later one no longer has, and those that it has instead, if
 * they may have keys within bounds. Reads the branches above them, and for a tree that is not held
 * the headers of their children. Pauses after each page. Throws `damaged`, `io`.
 */
export function* unsharedLeaves(
  range: TreesRange,
  former: Former,
  root: Place | undefined,
): Generator<undefined, Leaves> {
  let before = former.kind === 'tree' && former.root ? [former.root] : [];
  let after = root ? [root] : [];
  // Counted from the leaves, so that each page keeps its depth in trees that grow and shrink.
  let depth = Math.max(before[0]?.depth ?? 1, after[0]?.depth ?? 1);
  for (; ; depth--) {
    if (former.kind === 'tree') [before, after] = [without(before, after), without(after, before)];
    else after = yield* writtenAfter(range, after, former.upTo);
    if (depth <= 1) return { before, after };
    before = yield* below(range, before, depth);
    after = yield* below(range, after, depth);
  }
}

function without(places: Place[], others: readonly Place[]): Place[] {
  const numbers = new Set(others.map(({ number }) => number));
  return places.filter(({ number }) => !numbers.has(number));
}

/** Replaces the branches of one depth by their children. */
function* below(
  { file, bounds, newest }: TreesRange,
  places: readonly Place[],
  depth: number,
): Generator<undefined, Place[]> {
  const found: Place[] = [];
  for (const place of places) {
    if (place.depth < depth) {
      found.push(place);
      continue;
    }
    const page = sound(file, readPage(file, place, { newest }));
    const [from, to] = childrenWithin(page, bounds);
    for (let node = from; node < to; node++) found.push(childOf(place, page, node));
    yield;
  }
  return found;
}

function* writtenAfter(
  { file }: TreesRange,
  places: readonly Place[],
  transaction: number,
): Generator<undefined, Place[]> {
  const found: Place[] = [];
  const head = Buffer.alloc(PAGE_HEADER_BYTES);
  for (const place of places) {
    // A page that cannot be read is reported later.
    const isThere = transaction > 0 && file.readInto(head, place.number * file.pageSize);
    if (!isThere || transactionOf(head) > transaction) found.push(place);
    yield;
  }
  return found;
}
