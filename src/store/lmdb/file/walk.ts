/**
 * Walks the trees of a store's file. A walk yields pages and faults, which the caller judges. The
 * pages are not locked: they belong to a snapshot that the caller holds, or have to be checked
 * again.
 */
import { badPage, Fault, Page, type Place } from './page.js';
import type { StoreFile } from './store-file.js';
import { NO_PAGE, type TreeKind, tree } from './tree-descriptor.js';

/** The most adjacent leaves that are read at once. */
const PAGES_AHEAD = 32;

/** The deepest tree that LMDB makes. */
const DEPTH_LIMIT = 32;

/** The root of a tree, by its descriptor; undefined for an empty tree. */
export function rootOf(descriptor: Buffer, kind: TreeKind): Place | undefined {
  const root = descriptor.readBigUInt64LE(tree.root);
  const depth = descriptor.readUInt16LE(tree.depth);
  return root === NO_PAGE ? undefined : { number: Number(root), tree: kind, depth };
}

export interface WalkOptions {
  /** The last transaction that may have written a page. */
  readonly newest: bigint;
  /** The last page that may be in use; by default that of the file. */
  readonly lastPage?: number;
}

/** A page where it was expected, or the fault there. */
export interface Found {
  readonly place: Place;
  readonly page: Page | Fault;
}

/** The same, with the range of keys that belong on the page. */
export interface FoundInOrder extends Found {
  readonly within: Bounds;
}

/** The pages below some roots, level by level; the main tree is followed by the named ones. */
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

/** A branch whose children are being walked; the first may have keys before the lower bound. */
interface Branch {
  readonly place: Place;
  readonly page: Page;
  readonly within: Bounds;
  next: number;
  readonly end: number;
  mayBeBefore: boolean;
}

/**
 * The pages of a tree that may have keys within bounds, in the order of the keys. The bytes of a
 * leaf are valid until the next page is asked for.
 */
export function* walkInOrder(
  file: StoreFile,
  root: Place,
  { lower, upper }: Bounds,
  options: WalkOptions,
): Generator<FoundInOrder> {
  const above: Branch[] = [];
  const ahead = new LeavesAhead(file);
  let place = root;
  let bytes: Buffer | undefined;
  let mayBeBefore = lower !== undefined;
  let within: Bounds = { lower: undefined, upper: undefined };
  for (;;) {
    const page = readPage(file, place, options, bytes);
    yield { place, page, within };
    if (!(page instanceof Fault || page.isLeaf)) {
      const next = lower && mayBeBefore ? firstChild(page, lower) : 0;
      const end = upper ? lastChild(page, upper) + 1 : page.count;
      above.push({ place, page, within, next, end, mayBeBefore });
    }
    let branch = above.at(-1);
    while (branch && branch.next >= branch.end) {
      above.pop();
      branch = above.at(-1);
    }
    if (branch === undefined) return;
    const node = branch.next++;
    place = childOf(branch.place, branch.page, node);
    within = {
      lower: node === 0 ? branch.within.lower : branch.page.key(node),
      upper: node + 1 < branch.page.count ? branch.page.key(node + 1) : branch.within.upper,
    };
    bytes = place.depth === 1 ? ahead.read(branch.page, node, branch.end) : undefined;
    mayBeBefore = branch.mayBeBefore;
    branch.mayBeBefore = false;
  }
}

/**
 * The leaf just outside of the bounds of a walk: before the first or after the last. Undefined if
 * there is none.
 */
export function leafBeside(
  file: StoreFile,
  root: Place,
  side: 'before' | 'after',
  bound: Uint8Array,
  options: WalkOptions,
): Page | Fault | undefined {
  let beside: Place | undefined;
  for (let place = root; place.depth > 1; ) {
    const page = readPage(file, place, options);
    if (page instanceof Fault) return page;
    const node = side === 'before' ? firstChild(page, bound) : lastChild(page, bound);
    const next = side === 'before' ? node - 1 : node + 1;
    if (next >= 0 && next < page.count) beside = childOf(place, page, next);
    place = childOf(place, page, node);
  }
  while (beside) {
    const page = readPage(file, beside, options);
    if (page instanceof Fault || page.isLeaf) return page;
    beside = childOf(beside, page, side === 'before' ? page.count - 1 : 0);
  }
  return undefined;
}

/**
 * The nodes of a branch whose children may have keys within bounds: the first, and the one behind
 * the last.
 */
export function childrenWithin(page: Page, { lower, upper }: Bounds): [from: number, to: number] {
  return [lower ? firstChild(page, lower) : 0, upper ? lastChild(page, upper) + 1 : page.count];
}

/**
 * The first child of a branch that may have keys from `lower` on. A node's key is where its child
 * begins; the first has none.
 */
function firstChild(page: Page, lower: Uint8Array): number {
  return Math.max(page.firstFrom(lower, 1, true) - 1, 0);
}

/** The last child that may have keys before `upper`. */
function lastChild(page: Page, upper: Uint8Array): number {
  return Math.max(page.firstFrom(upper, 1), 1) - 1;
}

/** Leaves that were read together, in memory that is reused for the next ones. */
export class LeavesAhead {
  readonly #file: StoreFile;
  /** Room for the most leaves read at once so far. */
  #pages: Buffer[] = [];
  #memory: Buffer | undefined;
  #first = 0;
  #count = 0;

  constructor(file: StoreFile) {
    this.#file = file;
  }

  /**
   * The bytes of the leaf below a node of a branch. It is read together with the leaves after it,
   * as far as they are adjacent in the file; undefined if the file ends before them. Throws `io`.
   */
  read(branch: Page, node: number, end = branch.count): Buffer | undefined {
    const number = branch.child(node);
    const isRead = number >= this.#first && number < this.#first + this.#count;
    if (!isRead) {
      const most = Math.min(PAGES_AHEAD, end - node);
      let count = 1;
      while (count < most && branch.child(node + count) === number + count) count++;
      this.#first = number;
      this.#count = this.#readTogether(number, count) ? count : 0;
    }
    return this.#count === 0 ? undefined : this.#pages[number - this.#first];
  }

  #readTogether(number: number, count: number): boolean {
    const { pageSize } = this.#file;
    const length = count * pageSize;
    if (this.#memory === undefined || this.#memory.length < length) {
      this.#memory = Buffer.allocUnsafeSlow(length);
      this.#pages = [];
    }
    for (let page = this.#pages.length; page < count; page++) {
      this.#pages.push(this.#memory.subarray(page * pageSize, (page + 1) * pageSize));
    }
    return this.#file.readInto(this.#memory.subarray(0, length), number * pageSize);
  }
}

/** The page at a place, from its bytes if they are given; or why it is impossible. Throws `io`. */
export function readPage(
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

/** The place that a node of a branch refers to. */
export function childOf({ tree: kind, depth }: Place, page: Page, node: number): Place {
  return { number: page.child(node), tree: kind, depth: depth - 1 };
}
