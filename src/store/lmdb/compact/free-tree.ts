/** Writes a tree of free pages with one list, or none. */
import type { PageRun } from '../file/free-list.js';
import { F_BIGDATA, NODE_HEADER_BYTES, REFERENCE_BYTES } from '../file/node.js';
import { SLOT_BYTES } from '../file/page.js';
import {
  beginPage,
  LOWER_OFFSET,
  P_LEAF,
  P_OVERFLOW,
  PAGE_HEADER_BYTES,
  UPPER_OFFSET,
} from '../file/page-header.js';
import { NO_PAGE, tree } from '../file/tree-descriptor.js';
import type { PageWriter } from './page-writer.js';

/** Bytes of the key of a list: the number of the transaction that freed its pages. */
const KEY_BYTES = 8;

/** The pages of a tree: its leaf, and those of the list if it does not fit on the leaf. */
export interface FreeTreePages {
  readonly leaf: number;
  readonly overflow: PageRun | undefined;
}

/** The number of pages that a list of `bytes` takes besides the leaf; 0 if it fits on the leaf. */
export function listPages(bytes: number, pageSize: number): number {
  const node = NODE_HEADER_BYTES + KEY_BYTES + bytes;
  return node <= nodeLimit(pageSize) ? 0 : Math.ceil((PAGE_HEADER_BYTES + bytes) / pageSize);
}

/** A list in LMDB's form: the number of entries, then the entries, the highest pages first. */
export function encodeFreeList(runs: readonly PageRun[]): Buffer {
  const entries = [...runs]
    .reverse()
    .flatMap(({ first, count }) => (count === 1 ? [first] : [-count, first]));
  const list = Buffer.alloc(8 * (entries.length + 1));
  for (const [at, entry] of [entries.length, ...entries].entries()) {
    list.writeBigInt64LE(BigInt(entry), 8 * at);
  }
  return list;
}

/** The descriptor of an empty tree, with the page size and flags of another. */
export function emptyFreeTree(like: Buffer): Buffer {
  const descriptor = Buffer.alloc(tree.bytes);
  like.copy(descriptor, 0, 0, tree.depth);
  descriptor.writeBigUInt64LE(NO_PAGE, tree.root);
  return descriptor;
}

/** Writes the pages of a tree with that list, for that transaction; returns its descriptor. */
export function writeFreeTree(
  writer: PageWriter,
  pageSize: number,
  {
    list,
    transaction,
    pages,
    like,
  }: {
    readonly list: Buffer;
    readonly transaction: number;
    readonly pages: FreeTreePages;
    readonly like: Buffer;
  },
): Buffer {
  const { leaf, overflow } = pages;
  if (overflow) {
    const bytes = Buffer.alloc(overflow.count * pageSize);
    beginPage(bytes, overflow.first, transaction, {
      flags: P_OVERFLOW,
      overflowPages: overflow.count,
    });
    list.copy(bytes, PAGE_HEADER_BYTES);
    writer.write(overflow.first, bytes);
  }
  const data = overflow ? referenceTo(overflow, transaction) : list;
  const page = Buffer.alloc(pageSize);
  beginPage(page, leaf, transaction, { flags: P_LEAF });
  const node = pageSize - NODE_HEADER_BYTES - KEY_BYTES - data.length;
  const place = node - PAGE_HEADER_BYTES;
  page.writeUInt16LE(SLOT_BYTES, LOWER_OFFSET);
  page.writeUInt16LE(place, UPPER_OFFSET);
  page.writeUInt16LE(place, PAGE_HEADER_BYTES);
  page.writeUInt32LE(list.length, node);
  page.writeUInt16LE(overflow ? F_BIGDATA : 0, node + 4);
  page.writeUInt16LE(KEY_BYTES, node + 6);
  page.writeBigUInt64LE(BigInt(transaction), node + NODE_HEADER_BYTES);
  data.copy(page, node + NODE_HEADER_BYTES + KEY_BYTES);
  writer.write(leaf, page);
  writer.end();
  const descriptor = emptyFreeTree(like);
  descriptor.writeUInt16LE(1, tree.depth);
  descriptor.writeBigUInt64LE(1n, tree.leafPages);
  descriptor.writeBigUInt64LE(BigInt(overflow?.count ?? 0), tree.overflowPages);
  descriptor.writeBigUInt64LE(1n, tree.entries);
  descriptor.writeBigUInt64LE(BigInt(leaf), tree.root);
  return descriptor;
}

function referenceTo({ first, count }: PageRun, transaction: number): Buffer {
  const reference = Buffer.alloc(REFERENCE_BYTES);
  reference.writeBigUInt64LE(BigInt(first), 0);
  reference.writeBigUInt64LE(BigInt(transaction), 8);
  reference.writeBigUInt64LE(BigInt(count), 16);
  return reference;
}

/** Bytes of the largest node that LMDB keeps on a page: two of them fill it. */
function nodeLimit(pageSize: number): number {
  const half = Math.floor((pageSize - PAGE_HEADER_BYTES) / 2);
  return half - (half % 2) - SLOT_BYTES;
}
