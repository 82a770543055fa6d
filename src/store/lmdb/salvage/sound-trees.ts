/**
 * The leaves of each tree that can be read: those that the tree leads to, and the strays, which it would lead to if no
 * page above them were damaged. These are leaves that no tree and no list of free pages has, whose checksums are
 * of that tree, and whose keys lie where it has a hole; all that is of a tree to which nothing leads any more; and
 * where the last state is not known, what later transactions have written.
 */
import { type CheckedTree, checkTree, EVERY_KEY, type Span } from '../check/checked-tree.js';
import { checkFreeLists } from '../check/free-lists.js';
import { isDraft, type MainContents, readMainTree } from '../check/main-tree.js';
import { Scan } from '../check/scan.js';
import type { TreesState } from '../file/metas.js';
import { Fault, Page } from '../file/page.js';
import { pageCountOf, transactionOf } from '../file/page-header.js';
import type { StoreFile } from '../file/store-file.js';
import { tree } from '../file/tree-descriptor.js';
import { EXPIRY_DATABASE } from '../layout.js';
import { type KnownBucket, knownBuckets } from './known-buckets.js';
import { LeafOwner } from './leaf-owner.js';
import { ANY_TRANSACTION, type BestState } from './states.js';

export interface SoundLeaf {
  readonly page: Page;
  /** Whether the tree does not lead to it. */
  readonly isStray: boolean;
}

interface Hole extends Span {
  readonly tree: string;
}

interface Stray {
  readonly number: number;
  readonly first: Buffer;
}

/** The trees by name: `chunks`, and the ids of buckets. */
export class SoundTrees {
  readonly main: MainContents;
  /** The problems found. */
  readonly scan: Scan;
  readonly #file: StoreFile;
  readonly #state: TreesState;
  readonly #isLast: boolean;
  /** Whether all free pages are known. */
  readonly #isFreeKnown: boolean;
  readonly #trees = new Map<string, CheckedTree>();
  readonly #strays = new Map<string, Stray[]>();
  readonly #holes: Hole[] = [];
  /** Buckets that the main tree does not lead to, or not by a name. */
  readonly #known: ReadonlyMap<number, KnownBucket>;
  readonly #owner: LeafOwner;

  constructor(file: StoreFile, { trees: state, isLast }: BestState) {
    this.#file = file;
    this.#state = state;
    this.#isLast = isLast;
    this.scan = new Scan(file, state);
    for (const _ of checkFreeLists(this.scan)) {
      // Free pages are noted.
    }
    this.#isFreeKnown = isLast && !this.scan.isPartial;
    this.main = readMainTree(this.scan);
    const chunks = this.main.internal.get('chunks');
    if (chunks) this.#add('chunks', chunks, { part: 'chunks' });
    else this.#holes.push({ ...EVERY_KEY, tree: 'chunks' });
    for (const { id, name, descriptor } of this.main.buckets) {
      this.#add(treeOf(id), descriptor, { bucket: name });
    }
    const isNamed = this.main.buckets.every((bucket) => bucket.isNamed);
    this.#known = this.#mayLackBuckets || !isNamed ? knownBuckets(file) : new Map();
    const ids = new Set([...this.main.buckets.map(({ id }) => id), ...this.#known.keys()]);
    const dataOf = (page: Page, node: number) => this.data(page, node);
    this.#owner = new LeafOwner(dataOf, ids);
  }

  /** The buckets that there are, once `look` is done; of one without a tree, and of a nameless one, what else tells. */
  get buckets(): KnownBucket[] {
    const names = new Set(this.main.buckets.map(({ name }) => name));
    const known = (id: number): KnownBucket => {
      const { name, ...others } = this.#known.get(id) ?? { id };
      return name === undefined || names.has(name) ? others : { name, ...others };
    };
    const led = this.main.buckets.map((bucket) => {
      const { id, name, isNamed, created, descriptor, size } = bucket;
      const keys = size?.entries ?? Number(descriptor.readBigUInt64LE(tree.entries));
      return isNamed ? { id, name, created: created!, keys } : { ...known(id), keys };
    });
    const lost = [...this.#strays.keys()].filter((name) => !this.#trees.has(name));
    const others = lost.filter((name) => name !== 'chunks').map((name) => known(Number(name)));
    return [...led, ...others].filter(({ name }) => name === undefined || !isDraft(name));
  }

  /** Whether there are leaves of the tree that it does not lead to. */
  hasStrays(name: string): boolean {
    return this.#strays.has(name);
  }

  /** Reads all trees, and finds the strays. Yields the number of pages done. Throws `io`. */
  *look(): Generator<number> {
    for (const tree of this.#trees.values()) {
      for (const _ of checkTree(this.scan, tree)) yield 1;
    }
    for (const part of ['values', 'uploads', EXPIRY_DATABASE]) {
      const descriptor = this.main.internal.get(part);
      if (!descriptor) continue;
      for (const _ of checkTree(this.scan, { kind: 'named', descriptor, place: { part } })) yield 1;
    }
    if (this.#holes.length === 0 && !this.#mayLackBuckets) return;
    const { census } = this.scan;
    for (const { first, count } of this.#isLast ? census.lost() : census.unused()) {
      for (let number = first; number < first + count; ) number += this.#takeStray(number);
      yield count;
    }
    const byKey = (a: Stray, b: Stray) => Buffer.compare(a.first, b.first);
    for (const strays of this.#strays.values()) strays.sort(byKey);
  }

  /** The leaves of a tree in the order of their first keys. Throws `io`. */
  *leaves(name: string): Generator<SoundLeaf> {
    const strays = this.#strays.get(name) ?? [];
    const tree = this.#trees.get(name);
    let next = 0;
    const { missing: _, ...again } = tree ?? { missing: undefined };
    const leaves = tree ? checkTree(new Scan(this.#file, this.#state), again as CheckedTree) : [];
    for (const { page } of leaves) {
      while (next < strays.length && page.compareKey(0, strays[next]!.first) > 0) {
        yield { page: this.#parse(strays[next++]!.number) as Page, isStray: true };
      }
      yield { page, isStray: false };
    }
    for (; next < strays.length; next++) {
      yield { page: this.#parse(strays[next]!.number) as Page, isStray: true };
    }
  }

  /** The data of a node, or why it cannot be read. Throws `io`. */
  data(page: Page, node: number): Buffer | Fault {
    return this.#file.dataOf(page, node, this.#newest);
  }

  /** Whether a bucket may be there that the main tree does not lead to. */
  get #mayLackBuckets(): boolean {
    return !(this.main.isWhole && this.#isLast);
  }

  /** The last transaction that may have written a page of the store. */
  get #newest(): bigint {
    return this.#isLast ? this.#state.transaction : ANY_TRANSACTION;
  }

  #add(tree: string, descriptor: Buffer, place: CheckedTree['place']): void {
    const missing = (span: Span) => void this.#holes.push({ tree, ...span });
    this.#trees.set(tree, { kind: 'named', descriptor, place, missing });
  }

  /** Looks at a page that no tree has; returns how many pages it was. */
  #takeStray(number: number): number {
    const bytes = this.#file.readPages(number, 1);
    if (bytes instanceof Fault) return 1;
    const page = this.#parse(number, bytes);
    // What is used is whole, and what a value holds is no page of a tree.
    if (page instanceof Fault) return this.#isFreeKnown ? this.#pageCount(number, bytes) : 1;
    const isLater = transactionOf(bytes) > this.#state.transaction;
    if (!isLater && this.scan.census.isFree(number)) return 1;
    const mayBeUnknown = isLater || !this.main.isWhole;
    if (!mayBeUnknown && this.#holes.length === 0) return 1;
    const owner = this.#owner.of(page, mayBeUnknown);
    if (owner === undefined) return 1;
    const name = String(owner);
    const isOfLost = mayBeUnknown && !this.#trees.has(name);
    if (!(isLater || isOfLost || this.#isInHole(name, page))) return 1;
    const strays = this.#strays.get(name) ?? [];
    strays.push({ number, first: Buffer.from(page.key(0)) });
    this.#strays.set(name, strays);
    return 1;
  }

  #pageCount(number: number, bytes: Buffer): number {
    const count = pageCountOf(bytes);
    const isIts = bytes.readBigUInt64LE() === BigInt(number) && count > 1;
    return isIts && this.scan.census.holds({ first: number, count }) ? count : 1;
  }

  #isInHole(name: string, page: Page): boolean {
    const first = page.key(0);
    const last = page.key(page.count - 1);
    return this.#holes.some(
      ({ tree, lower, upper }) =>
        tree === name &&
        (!lower || Buffer.compare(first, lower) >= 0) &&
        (!upper || Buffer.compare(last, upper) < 0),
    );
  }

  #parse(number: number, bytes = this.#file.readPages(number, 1)): Page | Fault {
    if (bytes instanceof Fault) return bytes;
    const page = Page.parse(bytes, { number, tree: 'named', depth: 1 }, this.#newest);
    return page instanceof Fault || page.isTiled ? page : new Fault('its nodes overlap');
  }
}

/** The name of a bucket's tree here. */
export function treeOf(id: number): string {
  return String(id);
}
