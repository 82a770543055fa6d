/** What leads to a tree of LMDB's file: how large it is, and where its root is. */

/** The lists of free pages, the main tree, which leads to the others, or one of those. */
export type TreeKind = 'free' | 'main' | 'named';

/** A tree's descriptor: u32 pad, u16 flags, u16 depth, u64 pages of three kinds, u64 entries, root. */
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

/** Pages of a tree, by its descriptor. */
export function pagesOfTree(descriptor: Buffer): number {
  const counts = [tree.branchPages, tree.leafPages, tree.overflowPages];
  return counts.reduce((sum, offset) => sum + Number(descriptor.readBigUInt64LE(offset)), 0);
}

/** The root of a tree that holds nothing. */
export const NO_PAGE = 2n ** 64n - 1n;
