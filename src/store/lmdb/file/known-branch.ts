/** A branch page kept in memory, so that following it needs no reading. */
import type { Page, Place } from './page.js';

/** A key, one character for each byte. */
export type KeyText = string;

/**
 * The child of a branch, and the range of its keys: a branch has no checksum, and may refer to
 * another page.
 */
export interface PlaceBelow extends Place {
  readonly lower: KeyText;
  /** Undefined: no upper bound. */
  readonly upper: KeyText | undefined;
}

/** The numbers of the children, and the first key of each. */
export interface KnownBranch {
  /** The lower bound of the place where it was found. */
  readonly lower: KeyText;
  readonly children: readonly number[];
  /** The first is empty. */
  readonly keys: readonly KeyText[];
}

export function keyText(key: Buffer, start = 0, end = key.length): KeyText {
  return key.toString('latin1', start, end);
}

export function knownBranch(page: Page, { lower }: PlaceBelow): KnownBranch {
  const nodes = Array.from({ length: page.count }, (_, node) => node);
  return {
    lower,
    children: nodes.map((node) => page.child(node)),
    keys: nodes.map((node) => (node === 0 ? '' : keyText(page.key(node)))),
  };
}

/** The last node whose key is not after `key`. */
export function nodeOf(keys: readonly KeyText[], key: KeyText): number {
  let low = 1;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! <= key) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function rootPlace({ number, tree, depth }: Place): PlaceBelow {
  return { number, tree, depth, lower: '', upper: undefined };
}

/** The place of a branch's child. */
export function placeBelow(
  { children, keys }: KnownBranch,
  { tree, depth, lower, upper }: PlaceBelow,
  node: number,
): PlaceBelow {
  return {
    number: children[node]!,
    tree,
    depth: depth - 1,
    lower: node === 0 ? lower : keys[node]!,
    upper: node + 1 < keys.length ? keys[node + 1] : upper,
  };
}

/**
 * Whether the keys of the page belong at a place, and those of a branch, without the first, are in
 * order.
 */
export function isInPlace(page: Page, { lower, upper }: PlaceBelow): boolean {
  if (!page.isLeaf && page.firstMisplaced(1) >= 0) return false;
  const first = page.isLeaf ? 0 : 1;
  if (page.count <= first) return true;
  if (lower !== '' && keyText(page.key(first)) < lower) return false;
  return upper === undefined || keyText(page.key(page.count - 1)) < upper;
}
