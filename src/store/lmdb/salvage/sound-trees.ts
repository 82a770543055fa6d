/**
 * The readable leaves of each tree: those that the tree refers to, and strays, which it would refer
 * to if no page above them were damaged. Strays are leaves that are in no tree and in no list of
 * free pages, whose keys lie where the tree has a hole, and whose checksums belong to that tree.
 */
import { type CheckedTree, checkTree, EVERY_KEY, type Span } from '../check/checked-tree.js';
import { checkFreeLists } from '../check/free-lists.js';
import { type FoundBucket, type MainContents, readMainTree } from '../check/main-tree.js';
import { soundHeader } from '../check/records.js';
import { Scan } from '../check/scan.js';
import { seedOf } from '../checksum.js';
import type { TreesState } from '../file/metas.js';
import { Fault, Page } from '../file/page.js';
import type { StoreFile } from '../file/store-file.js';
import { bucketDatabase, decodeChunkKey, EXPIRY_DATABASE, sumOfChunk } from '../layout.js';

export interface SoundLeaf {
  readonly page: Page;
  /** Whether the tree does not refer to it, so that it may be outdated. */
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
  readonly #meta: TreesState;
  readonly #trees = new Map<string, CheckedTree>();
  readonly #strays = new Map<string, Stray[]>();
  readonly #holes: Hole[] = [];

  constructor(file: StoreFile, meta: TreesState) {
    this.#file = file;
    this.#meta = meta;
    this.scan = new Scan(file, meta);
    for (const _ of checkFreeLists(this.scan)) {
      // Free pages are noted.
    }
    this.main = readMainTree(this.scan);
    const chunks = this.main.internal.get('chunks');
    if (chunks) this.#add('chunks', chunks, { part: 'chunks' });
    else this.#holes.push({ ...EVERY_KEY, tree: 'chunks' });
    for (const { id, name, descriptor } of this.main.buckets) {
      this.#add(treeOf(id), descriptor, { bucket: name });
    }
  }

  /** Whether the tree lacks pages above some leaves that have been found nevertheless. */
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
    if (this.#holes.length === 0) return;
    for (const { first, count } of this.scan.census.lost()) {
      for (let number = first; number < first + count; number++) this.#takeStray(number);
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
    const leaves = tree ? checkTree(new Scan(this.#file, this.#meta), again as CheckedTree) : [];
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
    return this.scan.dataOf(page, node);
  }

  #add(tree: string, descriptor: Buffer, place: CheckedTree['place']): void {
    const missing = (span: Span) => void this.#holes.push({ tree, ...span });
    this.#trees.set(tree, { kind: 'named', descriptor, place, missing });
  }

  #takeStray(number: number): void {
    const page = this.#parse(number);
    if (page instanceof Fault) return;
    const first = page.key(0);
    const last = page.key(page.count - 1);
    const hole = this.#holes.find(
      ({ tree, lower, upper }) =>
        (!lower || Buffer.compare(first, lower) >= 0) &&
        (!upper || Buffer.compare(last, upper) < 0) &&
        this.#isOf(tree, page),
    );
    if (hole === undefined) return;
    const strays = this.#strays.get(hole.tree) ?? [];
    strays.push({ number, first: Buffer.from(first) });
    this.#strays.set(hole.tree, strays);
  }

  /** Whether something on a page has a checksum of that tree. */
  #isOf(tree: string, page: Page): boolean {
    const seed = tree === 'chunks' ? undefined : seedOf(bucketDatabase(Number(tree)));
    for (let node = 0; node < page.count; node++) {
      const data = this.data(page, node);
      if (data instanceof Fault) continue;
      const key = page.key(node);
      if (seed === undefined ? isChunk(key, data) : soundHeader(seed, key, data)) return true;
    }
    return false;
  }

  #parse(number: number): Page | Fault {
    const bytes = this.#file.readPages(number, 1);
    if (bytes instanceof Fault) return bytes;
    const place = { number, tree: 'named', depth: 1 } as const;
    const page = Page.parse(bytes, place, this.#meta.transaction);
    return page instanceof Fault || page.isTiled ? page : new Fault('its nodes overlap');
  }
}

/** Whether a chunk matches its key. */
export function isChunk(key: Buffer, data: Buffer): boolean {
  const name = decodeChunkKey(key);
  return name !== undefined && sumOfChunk(name.valueId, name.index, data) === name.checksum;
}

/** The name of a bucket's tree here. */
export function treeOf(id: FoundBucket['id']): string {
  return String(id);
}
