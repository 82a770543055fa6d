/** A branch page as it is kept in memory, so that a way through it costs no reading. */
import type { Page, Place } from './page.js';

/** Of keys: one character a byte. */
export type KeyText = string;

/** A page that a branch leads to, and which keys are on it: the branch has no checksum, and may lead elsewhere. */
export interface PlaceBelow extends Place {
  readonly lower: KeyText;
  /** Undefined: none is too late. */
  readonly upper: KeyText | undefined;
}

/** The numbers of what is below, and from which key on each of them is. */
export interface KnownBranch {
  /** Of the place where it was found. */
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

/** What a node of the branch at a place leads to. */
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

/** Whether the keys of the page at a place belong there; those of a branch, of which the first has none, are in order. */
export function isInPlace(page: Page, { lower, upper }: PlaceBelow): boolean {
  if (!page.isLeaf && page.firstMisplaced(1) >= 0) return false;
  const first = page.isLeaf ? 0 : 1;
  if (page.count <= first) return true;
  if (lower !== '' && keyText(page.key(first)) < lower) return false;
  return upper === undefined || keyText(page.key(page.count - 1)) < upper;
}
