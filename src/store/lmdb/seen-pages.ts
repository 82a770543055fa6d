/**
 * Pages of one state of the store that have been checked. With them, a key that LMDB does not find
 * is known to be absent after reading one leaf; otherwise absence.ts checks it.
 */
import { viewOf } from './checksum.js';
import type { Db } from './database.js';
import type { Environment } from './environment.js';
import {
  isInPlace,
  type KeyText,
  type KnownBranch,
  keyText,
  knownBranch,
  nodeOf,
  type PlaceBelow,
  placeBelow,
  rootPlace,
} from './file/known-branch.js';
import { isSoundNode } from './file/leaf-records.js';
import { Fault, Page } from './file/page.js';
import { readPage, rootOf } from './file/walk.js';
import { isSound } from './record-layout.js';

/** The most pages that are remembered; then the memory is emptied. */
const PAGES_LIMIT = 50_000;

/** After this many missing keys in a row, the next one is first looked for here. */
const EXPECTED_AFTER = 2;

/** A leaf that was read, in memory that the next one is read into. */
interface SeenLeaf {
  readonly page: Page;
  readonly view: DataView;
}

/** The leaf where a key belongs, and its neighbours, if there are any. */
interface Way {
  readonly leaf: PlaceBelow;
  readonly before: PlaceBelow | undefined;
  readonly after: PlaceBelow | undefined;
}

export class SeenPages {
  readonly #environment: Environment;
  #state = -1;
  /** By the names of databases. */
  readonly #roots = new Map<string, PlaceBelow | undefined>();
  readonly #branches = new Map<number, KnownBranch>();
  /** Leaves whose nodes are inside and in order, with the first key that belongs on each. */
  readonly #leaves = new Map<number, KeyText>();
  #memory = Buffer.alloc(0);
  /** The page whose bytes are in it; -1: none. */
  #inMemory = -1;
  #view = viewOf(this.#memory);
  /** How many of the last keys in a row were missing. */
  #lacked = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /**
   * Whether the key is missing: two sound records are adjacent, one before it and one after it, or
   * the tree begins or ends there. False if that is not so, or not known. Throws `io`.
   */
  lack(db: Db, key: Buffer): boolean {
    const isLacked = this.#look(db, key);
    this.#lacked = isLacked ? this.#lacked + 1 : 0;
    return isLacked;
  }

  /**
   * Like `lack`, but false without a look unless the last keys were missing: a series of missing
   * keys need not wait for LMDB's search as well, which takes as long.
   */
  lackAgain(db: Db, key: Buffer): boolean {
    return this.#lacked >= EXPECTED_AFTER && this.lack(db, key);
  }

  /**
   * The same within a transaction, for the state from which it began; also true if the tree was
   * empty then. The transaction's own writes are in memory, where nothing is damaged.
   */
  lackedBefore(db: Db, key: Buffer): boolean {
    this.#goTo(this.#environment.committedTransaction);
    const root = this.#rootOf(db, true);
    return root === undefined || this.#lacks(db, root, key);
  }

  #look(db: Db, key: Buffer): boolean {
    const state = this.#environment.stateOfReads;
    if (state === undefined) return false;
    this.#goTo(state);
    const root = this.#rootOf(db, false);
    return root !== undefined && this.#lacks(db, root, key);
  }

  #goTo(state: number): void {
    const isKnown = state === this.#state;
    if (isKnown && this.#branches.size + this.#leaves.size <= PAGES_LIMIT) return;
    this.#forget();
    this.#state = state;
  }

  #lacks(db: Db, root: PlaceBelow, key: Buffer): boolean {
    const way = this.#wayTo(root, keyText(key));
    const leaf = way && this.#leafAt(way.leaf);
    if (leaf === undefined) return false;
    const { page } = leaf;
    const node = page.firstFrom(key, 0);
    if (node < page.count && page.compareKey(node, key) === 0) return false;
    // The neighbours are read into the leaf's memory last.
    return (
      (node === 0 || this.#isSound(db, leaf, node - 1)) &&
      (node === page.count || this.#isSound(db, leaf, node)) &&
      (node > 0 || this.#isBeside(db, way!.before, key, 'before')) &&
      (node < page.count || this.#isBeside(db, way!.after, key, 'after'))
    );
  }

  /** Whether the record beside a leaf is sound, and on the right side of the key. */
  #isBeside(db: Db, place: PlaceBelow | undefined, key: Buffer, side: 'before' | 'after'): boolean {
    if (place === undefined) return true;
    let below = place;
    while (below.depth > 1) {
      const branch = this.#branch(below);
      if (branch === undefined) return false;
      below = placeBelow(branch, below, side === 'before' ? branch.keys.length - 1 : 0);
    }
    const leaf = this.#leafAt(below);
    if (leaf === undefined) return false;
    const node = side === 'before' ? leaf.page.count - 1 : 0;
    const order = leaf.page.compareKey(node, key);
    return (side === 'before' ? order < 0 : order > 0) && this.#isSound(db, leaf, node);
  }

  #isSound({ seed }: Db, { page, view }: SeenLeaf, node: number): boolean {
    if (page.isElsewhere(node)) {
      const { file } = this.#environment;
      return isSoundNode(page, node, { file, newest: BigInt(this.#state), seed });
    }
    const start = page.dataStart(node);
    return isSound(seed, view, page.keyStart(node), start, view, start, page.dataSize(node));
  }

  #wayTo(root: PlaceBelow, key: KeyText): Way | undefined {
    let leaf = root;
    let before: PlaceBelow | undefined;
    let after: PlaceBelow | undefined;
    while (leaf.depth > 1) {
      const branch = this.#branch(leaf);
      if (branch === undefined) return undefined;
      const node = nodeOf(branch.keys, key);
      if (node > 0) before = placeBelow(branch, leaf, node - 1);
      if (node + 1 < branch.keys.length) after = placeBelow(branch, leaf, node + 1);
      leaf = placeBelow(branch, leaf, node);
    }
    return { leaf, before, after };
  }

  #rootOf(db: Db, isBefore: boolean): PlaceBelow | undefined {
    const { name } = db;
    if (!this.#roots.has(name)) {
      const descriptor = isBefore ? this.#descriptorBefore(db) : this.#descriptor(db);
      const root = descriptor && rootOf(descriptor, 'named');
      this.#roots.set(name, root && rootPlace(root));
    }
    return this.#roots.get(name);
  }

  #descriptor(db: Db): Buffer | undefined {
    return this.#environment.databases.findDescriptor(db.name, undefined);
  }

  #descriptorBefore(db: Db): Buffer | undefined {
    const snapshot = this.#environment.reads.keepBeginning();
    try {
      return this.#environment.databases.findDescriptor(db.name, snapshot);
    } finally {
      this.#environment.reads.release(snapshot);
    }
  }

  #branch(place: PlaceBelow): KnownBranch | undefined {
    const known = this.#branches.get(place.number);
    if (known?.lower === place.lower) return known;
    const page = this.#read(place);
    if (page === undefined) return undefined;
    const branch = knownBranch(page, place);
    this.#branches.set(place.number, branch);
    return branch;
  }

  #leafAt(place: PlaceBelow): SeenLeaf | undefined {
    const isSeen = this.#leaves.get(place.number) === place.lower;
    const page = this.#read(place, isSeen);
    if (page === undefined) return undefined;
    if (!isSeen) {
      if (page.firstMisplaced() >= 0) return undefined;
      this.#leaves.set(place.number, place.lower);
    }
    return { page, view: this.#view };
  }

  /**
   * The page, in memory that the next one is read into; undefined if it is not what it should be.
   */
  #read(place: PlaceBelow, isSeen = false): Page | undefined {
    const { file } = this.#environment;
    if (this.#memory.length !== file.pageSize) {
      this.#memory = Buffer.allocUnsafeSlow(file.pageSize);
      this.#view = viewOf(this.#memory);
    }
    if (this.#inMemory !== place.number) {
      this.#inMemory = -1;
      if (!file.readInto(this.#memory, place.number * file.pageSize)) return undefined;
      this.#inMemory = place.number;
    }
    if (isSeen) return Page.seen(this.#memory, place);
    const page = readPage(file, place, { newest: BigInt(this.#state) }, this.#memory);
    return page instanceof Fault || !isInPlace(page, place) ? undefined : page;
  }

  #forget(): void {
    this.#inMemory = -1;
    this.#roots.clear();
    this.#branches.clear();
    this.#leaves.clear();
  }
}
