/** The layout of a meta page of LMDB's file. */

/** The number of meta pages, before all others; they are never free, or part of a tree. */
export const META_PAGES = 2;

export const MAGIC = 0xbeefc0de;
export const DATA_VERSION = 2;

/** A flag of the tree of free pages, next to which those of the environment are stored. */
export const INTEGER_KEYS = 0x08;

/** Bytes of a meta page that are used. */
export const META_BYTES = 168;

/** The offsets of the fields, in bytes from the page's beginning. */
export const meta = {
  magic: 24,
  version: 28,
  mapSize: 40,
  freeTree: 48,
  mainTree: 96,
  lastPage: 144,
  transaction: 152,
};

/** The number of the transaction that wrote a meta. */
export function transactionOf(page: Buffer): bigint {
  return page.readBigUInt64LE(meta.transaction);
}
