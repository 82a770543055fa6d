/**
 * Checks pages before LMDB uses them: LMDB trusts them, and a damaged page would end the process.
 *
 * A page that was sound stays sound: pages written later are fresh, and need no check. So paths are
 * checked in the state that was the newest when this process first went to a tree, and in a newer
 * one only if a page of it has changed. Branches are kept in memory; a known path costs less than a
 * microsecond.
 *
 * What is known of trees, branches and leaves is forgotten together, so it is in one file, longer
 * than others.
 */
import {
  type KeyText,
  type KnownBranch,
  keyText,
  knownBranch,
  nodeOf,
  type PlaceBelow,
  placeBelow,
  rootPlace,
} from '../file/known-branch.js';
import type { TreesState } from '../file/metas.js';
import { badPage, Fault } from '../file/page.js';
import type { StoreFile } from '../file/store-file.js';
import { tree } from '../file/tree-descriptor.js';
import { rootOf } from '../file/walk.js';
import { treeKey } from '../layout.js';
import { GuardedPages, Unsound } from './guarded-pages.js';
import { isOn, type SeenLeaf } from './seen-leaf.js';

/** The most pages that are remembered; then the memory is emptied. */
const PAGES_LIMIT = 50_000;

const ALL_KEYS = { lower: '', upper: undefined } as const;
const ALL_LEAVES = { lower: undefined, upper: undefined } as const;

/** Leaves checked in one step: a millisecond's work. */
const STEP_LEAVES = 256;

/**
 * The keys that LMDB goes through, in lmdb's terms: from `start` on, or with `reverse` down from
 * it.
 */
export interface GuardedRange {
  readonly start?: Buffer;
  readonly end?: Buffer;
  readonly reverse?: boolean;
  readonly limit?: number;
}

export class PathGuard {
  readonly #pages: GuardedPages;
  readonly #roots = new Map<string, PlaceBelow | undefined>();
  /** Trees with data of one node on pages of its own. */
  readonly #hasOverflow = new Set<string>();
  /** Trees that have been checked completely, for freeing their pages. */
  readonly #wholes = new Set<string>();
  /** For each tree, the leaf of the last key: the next key is usually on it as well. */
  readonly #last = new Map<string, SeenLeaf>();
  readonly #branches = new Map<number, KnownBranch>();
  /**
   * Sound leaves, with the first key that belongs on each: another branch may refer to one by
   * mistake.
   */
  readonly #leaves = new Map<number, KeyText>();

  /** `path` is the store's. */
  constructor(path: string, openFile: () => StoreFile) {
    this.#pages = new GuardedPages(path, openFile);
  }

  /** Checks the path to a key. The empty name is the main tree. Throws `damaged`, `io`. */
  check(name: string, key: Buffer, start = 0, end = key.length): void {
    const last = this.#last.get(name);
    if (last === undefined || !isOn(last, key, start, end)) {
      this.#lookForKey(name, keyText(key, start, end), false);
    }
  }

  /** Checks also the neighbours: LMDB merges a nearly empty page with one of them. */
  checkRemoval(name: string, key: Buffer): void {
    const last = this.#last.get(name);
    if (!last?.hasNeighbours || !isOn(last, key, 0, key.length)) {
      this.#lookForKey(name, keyText(key), true);
    }
  }

  /** Checks all pages with keys of a range. */
  checkRange(name: string, { start, end, reverse = false, limit }: GuardedRange): void {
    const [lower, upper] = reverse ? [end, start] : [start, end];
    this.#soundly(() => {
      const root = this.#rootOf(name);
      // A leaf may have no key of the range, and its neighbour the first.
      let left = limit === undefined ? Number.POSITIVE_INFINITY : limit + 2;
      if (root === undefined) return;
      const bounds = { lower: lower && keyText(lower), upper: upper && keyText(upper) };
      for (const leaf of this.#leavesWithin(root, bounds, reverse)) {
        this.#look(leaf);
        if (--left <= 0) return;
      }
    });
  }

  /**
   * Checks all pages of a tree that LMDB is about to free, or only their beginnings if LMDB needs
   * no more.
   */
  checkAll(name: string): void {
    for (const _ of this.lookAtAll(name)) {
      // Runs all steps.
    }
  }

  /**
   * The same in steps, which yield the number of leaves checked; `checkAll` then has nothing left
   * to do. No other tree may be checked between the steps.
   */
  *lookAtAll(name: string): Generator<number> {
    let state: TreesState | undefined;
    let leaves: Iterator<PlaceBelow> | undefined;
    while (!this.#wholes.has(name)) {
      let looked = 0;
      this.#soundly(() => {
        // Another state has other leaves.
        if (leaves === undefined || this.#pages.state !== state) {
          state = this.#pages.state;
          const root = this.#rootOf(name);
          leaves = root ? this.#leavesWithin(root, ALL_LEAVES, false) : [].values();
        }
        const isRead = this.#hasOverflow.has(name);
        for (looked = 0; looked < STEP_LEAVES; looked++) {
          const next = leaves.next();
          if (next.done) {
            this.#wholes.add(name);
            return;
          }
          if (isRead) this.#look(next.value);
          else this.#pages.checkLeafHeader(next.value);
        }
      }, state !== undefined);
      yield looked;
    }
  }

  /** Checks the path to a tree, before it is opened or made, and its root. */
  checkTree(name: string): void {
    this.check('', treeKey(name));
    this.#soundly(() => {
      const root = this.#rootOf(name);
      if (root) this.#look(root);
    });
  }

  /** Checks the path to a key, as far as it is not known. */
  #lookForKey(name: string, key: KeyText, withNeighbours: boolean): void {
    const known = withNeighbours ? undefined : this.#knownLeaf(this.#roots.get(name), key);
    if (known) {
      this.#last.set(name, known);
      return;
    }
    this.#soundly(() => {
      const root = this.#rootOf(name);
      const leaf = root && this.#leafAt(root, key, withNeighbours);
      if (leaf) this.#look(leaf);
      // If there was no tree, all its pages are fresh.
      const { lower, upper } = leaf ?? ALL_KEYS;
      this.#last.set(name, { lower, upper, hasNeighbours: withNeighbours || leaf === undefined });
    });
  }

  /** The leaf of a key, if the path to it is known. */
  #knownLeaf(root: PlaceBelow | undefined, key: KeyText): SeenLeaf | undefined {
    if (root === undefined) return undefined;
    let { number, depth, lower, upper } = root;
    for (; depth > 1; depth--) {
      const branch = this.#branches.get(number);
      if (branch?.lower !== lower) return undefined;
      const { children, keys } = branch;
      const node = nodeOf(keys, key);
      number = children[node]!;
      if (node > 0) lower = keys[node]!;
      if (node + 1 < keys.length) upper = keys[node + 1]!;
    }
    const isSeen = this.#leaves.get(number) === lower;
    return isSeen ? { lower, upper, hasNeighbours: false } : undefined;
  }

  /** The leaf where a key belongs; checks the branches on the path, and their neighbours. */
  #leafAt(root: PlaceBelow, key: KeyText, withNeighbours = false): PlaceBelow {
    let place = root;
    while (place.depth > 1) {
      const branch = this.#branch(place);
      const node = nodeOf(branch.keys, key);
      if (withNeighbours) {
        if (node > 0) this.#look(placeBelow(branch, place, node - 1));
        if (node + 1 < branch.children.length) this.#look(placeBelow(branch, place, node + 1));
      }
      place = placeBelow(branch, place, node);
    }
    return place;
  }

  *#leavesWithin(
    place: PlaceBelow,
    bounds: { readonly lower: KeyText | undefined; readonly upper: KeyText | undefined },
    reverse: boolean,
  ): Generator<PlaceBelow> {
    if (place.depth <= 1) return yield place;
    const branch = this.#branch(place);
    const { keys } = branch;
    const first = bounds.lower === undefined ? 0 : nodeOf(keys, bounds.lower);
    const last = bounds.upper === undefined ? keys.length - 1 : nodeOf(keys, bounds.upper);
    for (let at = first; at <= last; at++) {
      const below = placeBelow(branch, place, reverse ? last - (at - first) : at);
      yield* this.#leavesWithin(below, bounds, reverse);
    }
  }

  /** The root of a tree; undefined if there was none. */
  #rootOf(name: string): PlaceBelow | undefined {
    if (this.#roots.has(name)) return this.#roots.get(name);
    if (name === '') {
      const main = rootOf(this.#pages.state.main, 'main');
      const place = main && rootPlace(main);
      this.#roots.set(name, place);
      return place;
    }
    const descriptor = this.#findDescriptor(treeKey(name));
    const root = descriptor && rootOf(descriptor, 'named');
    const isPlain = descriptor === undefined || descriptor.readUInt16LE(tree.flags) === 0;
    if (!isPlain) {
      throw new Unsound(new Fault(`what leads to its "${name}" is not what it should be`));
    }
    if (descriptor && descriptor.readBigUInt64LE(tree.overflowPages) > 0n) {
      this.#hasOverflow.add(name);
    }
    const place = root && rootPlace(root);
    this.#roots.set(name, place);
    return place;
  }

  #findDescriptor(key: Buffer): Buffer | undefined {
    const root = this.#rootOf('');
    if (root === undefined) return undefined;
    const place = this.#leafAt(root, keyText(key));
    const page = this.#pages.read(place);
    const node = page.firstFrom(key, 0);
    if (node >= page.count || page.compareKey(node, key) !== 0) return undefined;
    if (!page.isTree(node)) throw new Unsound(badPage(place.number));
    return Buffer.from(page.data(node));
  }

  #branch(place: PlaceBelow): KnownBranch {
    const known = this.#branches.get(place.number);
    if (known?.lower === place.lower) return known;
    const branch = knownBranch(this.#pages.read(place), place);
    this.#branches.set(place.number, branch);
    return branch;
  }

  /** Checks a page, unless it is known. */
  #look(place: PlaceBelow): void {
    if (place.depth > 1) {
      this.#branch(place);
      return;
    }
    if (this.#leaves.get(place.number) === place.lower) return;
    const page = this.#pages.read(place);
    for (let node = 0; node < page.count; node++) {
      if (page.isElsewhere(node)) this.#pages.checkElsewhere(page, node);
    }
    this.#leaves.set(place.number, place.lower);
  }

  /**
   * Tries `look` with the known state, and again with the newest. With `goesOn`, what was seen is
   * kept.
   */
  #soundly(look: () => void, goesOn = false): void {
    if (!goesOn && this.#leaves.size + this.#branches.size > PAGES_LIMIT) this.#forget();
    this.#pages.soundly(look, () => this.#forget());
  }

  #forget(): void {
    this.#pages.forget();
    this.#roots.clear();
    this.#last.clear();
    this.#hasOverflow.clear();
    this.#wholes.clear();
    this.#branches.clear();
    this.#leaves.clear();
  }
}
