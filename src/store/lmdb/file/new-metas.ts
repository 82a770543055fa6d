/**
 * Meta pages as LMDB writes them: those of a new file, copies of existing ones, and that of a
 * commit.
 */
import { STORE_LIMIT_BYTES } from '../layout.js';
import {
  DATA_VERSION,
  INTEGER_KEYS,
  MAGIC,
  META_BYTES,
  META_PAGES,
  meta,
  transactionOf,
} from './meta-layout.js';
import type { Meta } from './metas.js';
import { FLAGS_OFFSET, P_META } from './page-header.js';
import { NO_PAGE, tree } from './tree-descriptor.js';

/** Bytes of a page in a new file, as lmdb chooses them. */
const NEW_PAGE_BYTES = 4096;

/** The offset from which LMDB writes with each transaction. */
const META_CHANGES_OFFSET = 40;

/** The meta pages of an empty file. */
export function firstMetaPages(): Buffer {
  const page = Buffer.alloc(META_BYTES);
  page.writeUInt16LE(P_META, FLAGS_OFFSET);
  page.writeUInt32LE(MAGIC, meta.magic);
  page.writeUInt32LE(DATA_VERSION, meta.version);
  page.writeBigUInt64LE(BigInt(STORE_LIMIT_BYTES), meta.mapSize);
  page.writeUInt32LE(NEW_PAGE_BYTES, meta.freeTree + tree.pageSize);
  page.writeUInt16LE(INTEGER_KEYS, meta.freeTree + tree.flags);
  for (const one of [meta.freeTree, meta.mainTree]) {
    page.writeBigUInt64LE(NO_PAGE, one + tree.root);
  }
  page.writeBigUInt64LE(BigInt(META_PAGES - 1), meta.lastPage);
  const pages = Buffer.alloc(META_PAGES * NEW_PAGE_BYTES);
  for (let number = 0; number < META_PAGES; number++) {
    page.writeBigUInt64LE(BigInt(number));
    page.copy(pages, number * NEW_PAGE_BYTES);
  }
  return pages;
}

/** Two meta pages with the same contents as one that was read. */
export function metaPagesOf(bytes: Buffer): Buffer {
  const transaction = Number(transactionOf(bytes));
  const pageSize = bytes.readUInt32LE(meta.freeTree + tree.pageSize);
  const pages = Buffer.alloc(2 * pageSize);
  for (const number of [0, 1]) {
    const page = pages.subarray(number * pageSize, (number + 1) * pageSize);
    bytes.copy(page);
    page.writeBigUInt64LE(BigInt(number));
    // LMDB writes a transaction's meta to the first and to the second page alternately.
    const isItsOwn = transaction % 2 === number;
    page.writeBigUInt64LE(BigInt(isItsOwn ? transaction : transaction - 1), meta.transaction);
  }
  return pages;
}

/** The fields of a transaction's meta that follows another. */
export interface Change {
  readonly transaction: number;
  readonly lastPage: number;
  readonly free: Buffer;
  readonly main: Buffer;
}

/** What LMDB writes to commit a transaction: bytes, and their position in the file. */
export function commitOf(
  before: Meta,
  { transaction, lastPage, free, main }: Change,
): { readonly position: number; readonly bytes: Buffer } {
  const pageSize = before.bytes.readUInt32LE(meta.freeTree + tree.pageSize);
  const page = Buffer.from(before.bytes);
  free.copy(page, meta.freeTree);
  main.copy(page, meta.mainTree);
  page.writeBigUInt64LE(BigInt(lastPage), meta.lastPage);
  page.writeBigUInt64LE(BigInt(transaction), meta.transaction);
  const position = (transaction % 2) * pageSize + META_CHANGES_OFFSET;
  return { position, bytes: page.subarray(META_CHANGES_OFFSET) };
}
