/**
 * Walking the trees of a store's file. The walk yields what it finds, pages and faults; what is to
 * be made of a fault is for its caller. Nothing locks the pages: they are those of a snapshot that
 * somebody holds meanwhile, or have to be looked at again.
 */
import { badPage, Fault, NO_PAGE, Page, type Place, type TreeKind, tree } from './page.js';
import type { StoreFile } from './store-file.js';

/** Leaves that are read at once, where they lie side by side in the file. */
const PAGES_AHEAD = 32;

/** The deepest tree that LMDB makes. */
const DEPTH_LIMIT = 32;

/** The root of a tree, as its descriptor has it; undefined for a tree that holds nothing. */
export function rootOf(descriptor: Buffer, kind: TreeKind): Place | undefined {
  const root = descriptor.readBigUInt64LE(tree.root);
  const depth = descriptor.readUInt16LE(tree.depth);
  return root === NO_PAGE ? undefined : { number: Number(root), tree: kind, depth };
}

export interface WalkOptions {
  /** The last transaction that may have written a page. */
  readonly newest: bigint;
  /** The last page that may be in use; absent: that of the file. */
  readonly lastPage?: number;
}

/** A page where it was expected, or what is wrong there. */
export interface Found {
  readonly place: Place;
  readonly page: Page | Fault;
}

/** The pages below some roots, the upper ones first; those of named trees below the main one. */
export function* walkBroadly(
  file: StoreFile,
  roots: readonly Place[],
  options: WalkOptions,
): Generator<Found> {
  const places = [...roots];
  for (let next = 0; next < places.length; next++) {
    const place = places[next]!;
    const page = readPage(file, place, options);
    yield { place, page };
    if (page instanceof Fault) continue;
    for (let node = 0; node < page.count; node++) {
      if (!page.isLeaf) places.push(childOf(place, page, node));
      else if (page.isTree(node)) {
        const root = rootOf(page.data(node), 'named');
        if (root) places.push(root);
      }
    }
  }
}

/** Bounds on keys. */
export interface Bounds {
  readonly lower: Uint8Array | undefined;
  readonly upper: Uint8Array | undefined;
}

/** A place that is still to be walked, and whether keys before the lower bound may be below it. */
interface Pending extends Place {
  readonly mayBeBefore: boolean;
}

/** The pages of a tree that may hold keys within bounds, in the order of the keys. */
export function* walkInOrder(
  file: StoreFile,
  root: Place,
  { lower, upper }: Bounds,
  options: WalkOptions,
): Generator<Found> {
  const pending: Pending[] = [{ ...root, mayBeBefore: lower !== undefined }];
  const ahead = new Map<number, Buffer>();
  for (let place = pending.pop(); place; place = pending.pop()) {
    if (place.depth === 1 && !ahead.has(place.number)) readAhead(file, place, pending, ahead);
    const page = readPage(file, place, options, ahead.get(place.number));
    yield { place, page };
    if (page instanceof Fault || page.isLeaf) continue;
    // The key of a branch's node is where its child begins; the first has none, and needs none.
    const first = lower && place.mayBeBefore ? Math.max(page.firstFrom(lower, 1, true) - 1, 0) : 0;
    const end = upper ? Math.max(page.firstFrom(upper, 1), 1) : page.count;
    for (let node = end - 1; node >= first; node--) {
      const mayBeBefore = place.mayBeBefore && node === first;
      pending.push({ ...childOf(place, page, node), mayBeBefore });
    }
  }
}

/** Reads a leaf, and with it those that come after it in the tree and in the file. */
function readAhead(
  file: StoreFile,
  { number }: Place,
  pending: readonly Pending[],
  ahead: Map<number, Buffer>,
): void {
  let count = 1;
  while (count < PAGES_AHEAD) {
    const next = pending.at(-count);
    if (next?.depth !== 1 || next.number !== number + count) break;
    count++;
  }
  ahead.clear();
  const bytes = file.readPages(number, count);
  if (bytes instanceof Fault) return;
  for (let page = 0; page < count; page++) {
    const start = page * file.pageSize;
    ahead.set(number + page, bytes.subarray(start, start + file.pageSize));
  }
}

function readPage(
  file: StoreFile,
  place: Place,
  { newest, lastPage = Number.POSITIVE_INFINITY }: WalkOptions,
  ahead?: Buffer,
): Page | Fault {
  const { number, depth } = place;
  if (number > lastPage) return new Fault(`page ${number} lies beyond its last one`);
  if (depth === 0 || depth > DEPTH_LIMIT) return badPage(number);
  const bytes = ahead ?? file.readPages(number, 1);
  return bytes instanceof Fault ? bytes : Page.parse(bytes, place, newest);
}

function childOf({ tree: kind, depth }: Place, page: Page, node: number): Place {
  return { number: page.child(node), tree: kind, depth: depth - 1 };
}
