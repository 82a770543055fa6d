/** The descriptor of a tree in LMDB's file: its size, and the page of its root. */

/** The lists of free pages, the main tree with the descriptors of the others, or one of those. */
export type TreeKind = 'free' | 'main' | 'named';

/**
 * A tree's descriptor: u32 pad, u16 flags, u16 depth, u64 pages of three kinds, u64 entries, root.
 */
export const tree = {
  bytes: 48,
  pageSize: 0,
  flags: 4,
  depth: 6,
  branchPages: 8,
  leafPages: 16,
  overflowPages: 24,
  entries: 32,
  root: 40,
};

/** The number of a tree's pages, by its descriptor. */
export function pagesOfTree(descriptor: Buffer): number {
  const counts = [tree.branchPages, tree.leafPages, tree.overflowPages];
  return counts.reduce((sum, offset) => sum + Number(descriptor.readBigUInt64LE(offset)), 0);
}

/** The root of an empty tree. */
export const NO_PAGE = 2n ** 64n - 1n;
