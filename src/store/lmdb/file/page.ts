/** The structures of LMDB's file that are read here: those of its mdb.c, in the machine's byte order. */

/**
 * Bytes of a page's header: number u64, transaction u64, pad u16, flags u16, then lower and upper,
 * u16 each, or the number of overflow pages, u32. Behind it stand the places of the nodes, u16 each,
 * counted from there, up to lower; the nodes fill the page from upper on.
 */
export const PAGE_HEADER_BYTES = 24;
export const TRANSACTION_OFFSET = 8;
export const FLAGS_OFFSET = 18;
export const LOWER_OFFSET = 20;
export const UPPER_OFFSET = 22;
export const PAGE_COUNT_OFFSET = 20;
export const P_BRANCH = 0x01;
export const P_LEAF = 0x02;
export const P_OVERFLOW = 0x04;
export const P_META = 0x08;

/**
 * Bytes of a node before its key: low u16, high u16, flags u16, key size u16. In a leaf low and high
 * are the size of the data behind the key; in a branch they and the flags are the child's number.
 */
export const NODE_HEADER_BYTES = 8;
export const F_BIGDATA = 0x01;
export const F_SUBDATA = 0x02;

/** Data of several pages is a reference to them: number u64, transaction u64, pages u64. */
export const REFERENCE_BYTES = 24;

/** A tree's descriptor: u32 pad, u16 flags, u16 depth, u64 pages of three kinds, u64 entries, root. */
export const tree = { bytes: 48, pageSize: 0, flags: 4, depth: 6, entries: 32, root: 40 };

/** The root of a tree that holds nothing. */
export const NO_PAGE = 2n ** 64n - 1n;
