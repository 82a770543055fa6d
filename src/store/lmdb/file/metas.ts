/**
 * LMDB's two meta pages, the first of its file: each says where the trees are after a transaction,
 * and the newer one belongs to the last. A third, of an earlier transaction, is in the middle of
 * the first page.
 */
import { KvError } from '../../../errors.js';
import { DATA_FILE, STORE_LIMIT_BYTES } from '../layout.js';
import {
  DATA_VERSION,
  INTEGER_KEYS,
  MAGIC,
  META_BYTES,
  meta,
  transactionOf,
} from './meta-layout.js';
import { areInTurn, newerOf } from './meta-order.js';
import { LARGEST_PAGE_BYTES, type Place } from './page.js';
import { FLAGS_OFFSET, P_META } from './page-header.js';
import type { StoreFile } from './store-file.js';
import { tree } from './tree-descriptor.js';
import { rootOf } from './walk.js';

/** A flag of the environment. */
const ENCRYPTED = 0x2000;
/** Encryption, a fixed address, and orders of keys and records that this tree cannot have. */
const IMPOSSIBLE_FLAGS = 0x2077;

/** A page has a power of two of bytes, at least this many. */
const LEAST_PAGE_BYTES = 512;

/** More transactions than any store will see; JavaScript's numbers are exact up to it. */
const TRANSACTION_LIMIT = 2n ** 52n;

/** How often the two pages are read until they go together, or are the same again. */
const ATTEMPT_LIMIT = 100;

/** The same in data version 1, whose pages have a shorter header. */
const older = { magic: 16, version: 20 };

/** The contents of a meta page. */
export interface Meta {
  readonly transaction: bigint;
  readonly lastPage: number;
  /** The descriptors of the tree of free pages and of the main tree. */
  readonly free: Buffer;
  readonly main: Buffer;
  /** The roots of the two, if they are not empty. */
  readonly roots: readonly Place[];
  /** The page's bytes. */
  readonly bytes: Buffer;
}

/** Where the trees are, from any source. */
export type TreesState = Omit<Meta, 'bytes'>;

/**
 * The bytes of both pages, from which `file` learns the page size. Throws `not-a-store`,
 * `unknown-format`, `damaged`, `io`.
 */
export function readMetas(file: StoreFile): Buffer {
  const { size } = file;
  if (size === undefined) throw noFile(file);
  const start = file.read(0, Math.min(size, META_BYTES)) ?? Buffer.alloc(0);
  const isFile = start.length < META_BYTES || start.readUInt32LE(meta.magic) === MAGIC;
  if (!isFile)
    throw olderFile(file, start) ?? notAStore(file, `its ${DATA_FILE} is no file of LMDB`);
  if (start.length === META_BYTES) {
    checkMeta(file, start);
    file.pageSize = start.readUInt32LE(meta.freeTree + tree.pageSize);
  }
  const metas = settledMetas(file);
  if (metas) return metas;
  throw unusable(file, `it has ${size} bytes, less than its two first pages`);
}

/** The two pages, of which no writer has written one while the other was read. */
function settledMetas(file: StoreFile): Buffer | undefined {
  let metas = file.read(0, 2 * file.pageSize);
  for (let attempt = 0; attempt < ATTEMPT_LIMIT; attempt++) {
    if (metas === undefined || areInTurn(numberIn(file, metas, 0), numberIn(file, metas, 1))) break;
    const again = file.read(0, 2 * file.pageSize);
    if (again?.equals(metas)) break;
    metas = again;
  }
  return metas;
}

function numberIn(file: StoreFile, metas: Buffer, page: number): bigint {
  return transactionOf(metas.subarray(page * file.pageSize));
}

/**
 * Holds the two pages against each other: one damaged bit of a number can have the older page pass for the newer one.
 * Throws `damaged`, `io`.
 */
export function checkTogether(file: StoreFile, metas: Buffer): void {
  const pages = [metas.subarray(0, file.pageSize), metas.subarray(file.pageSize)] as const;
  if (!newerOf(file, decode(pages[0]), decode(pages[1]))) throw badMeta(file);
}

/** The meta of the last transaction. Throws `not-a-store`, `unknown-format`, `damaged`. */
export function newestMeta(file: StoreFile, metas: Buffer): Meta {
  const { pageSize } = file;
  const first = metas.subarray(0, pageSize);
  const second = metas.subarray(pageSize);
  if (flagsOf(first) & ENCRYPTED) throw notAStore(file, 'it is encrypted');
  checkFields(file, first);
  checkMeta(file, second);
  checkFields(file, second);
  if (!areInTurn(transactionOf(first), transactionOf(second))) throw badMeta(file);
  const newest = transactionOf(second) > transactionOf(first) ? second : first;
  const third = first.subarray(pageSize / 2);
  if (transactionOf(third) > 0n) {
    checkFields(file, third);
    if (transactionOf(third) > transactionOf(newest)) throw badMeta(file);
  }
  return decode(newest);
}

/**
 * Each of the two, or why it cannot be used; `file` learns the page size from them. Throws
 * `not-a-store` if it is not a file, `io`.
 */
export function readEachMeta(file: StoreFile): readonly (Meta | KvError)[] {
  const { size } = file;
  if (size === undefined) throw noFile(file);
  const first = readMeta(file, 0);
  if (!(first instanceof KvError)) return [first, readMeta(file, file.pageSize)];
  const usual = file.pageSize;
  for (let bytes = LEAST_PAGE_BYTES; bytes <= LARGEST_PAGE_BYTES; bytes *= 2) {
    file.pageSize = bytes;
    const second = readMeta(file, bytes);
    if (!(second instanceof KvError)) return [first, second];
  }
  file.pageSize = usual;
  return [first, readMeta(file, usual)];
}

function readMeta(file: StoreFile, start: number): Meta | KvError {
  try {
    const page = file.read(start, META_BYTES);
    if (page === undefined) throw unusable(file, 'it ends before its second page');
    checkMeta(file, page);
    if (start === 0) file.pageSize = page.readUInt32LE(meta.freeTree + tree.pageSize);
    checkFields(file, page);
    return decode(page);
  } catch (error) {
    if (error instanceof KvError && error.code !== 'io') return error;
    throw error;
  }
}

function decode(page: Buffer): Meta {
  const free = Buffer.from(page.subarray(meta.freeTree, meta.freeTree + tree.bytes));
  const main = Buffer.from(page.subarray(meta.mainTree, meta.mainTree + tree.bytes));
  const roots = [rootOf(free, 'free'), rootOf(main, 'main')];
  return {
    transaction: transactionOf(page),
    lastPage: Number(page.readBigUInt64LE(meta.lastPage)),
    free,
    main,
    roots: roots.filter((root) => root !== undefined),
    bytes: Buffer.from(page.subarray(0, META_BYTES)),
  };
}

/** The error for a file that LMDB must not open. */
export function unusable({ path }: StoreFile, state: string): KvError {
  return new KvError('damaged', `cannot open store file "${path}": damaged: ${state}`, {
    hint: 'try: kv store check, and kv store salvage DAMAGED NEW; or restore the folder from a backup',
  });
}

/** Checks for values that no valid meta has; a walk checks what it says about the trees. */
function checkFields(file: StoreFile, page: Buffer): void {
  const flags = flagsOf(page);
  const isTree = (flags & INTEGER_KEYS) !== 0 && (flags & IMPOSSIBLE_FLAGS) === 0;
  const isPageSize = page.readUInt32LE(meta.freeTree + tree.pageSize) === file.pageSize;
  const bytes = (Number(page.readBigUInt64LE(meta.lastPage)) + 1) * file.pageSize;
  const isNumber = transactionOf(page) < TRANSACTION_LIMIT;
  if (!isTree || !isPageSize || bytes > STORE_LIMIT_BYTES || !isNumber) throw badMeta(file);
}

function checkMeta(file: StoreFile, page: Buffer): void {
  if (page.readUInt32LE(meta.magic) !== MAGIC) throw badMeta(file);
  const version = page.readUInt32LE(meta.version);
  if (version !== DATA_VERSION) {
    const state = `it has LMDB's data version ${version}, not ${DATA_VERSION}`;
    throw new KvError('unknown-format', `cannot open store file "${file.path}": ${state}`);
  }
  const pageSize = page.readUInt32LE(meta.freeTree + tree.pageSize);
  const isBetween = pageSize >= LEAST_PAGE_BYTES && pageSize <= LARGEST_PAGE_BYTES;
  const isPageSize = isBetween && (pageSize & (pageSize - 1)) === 0;
  if (!isPageSize || (page.readUInt16LE(FLAGS_OFFSET) & P_META) === 0) throw badMeta(file);
}

/** The environment's flags, which are stored with those of the tree of free pages. */
function flagsOf(page: Buffer): number {
  return page.readUInt16LE(meta.freeTree + tree.flags);
}

/** The error for a file in LMDB's data version 1, which most systems' own LMDB writes. */
function olderFile({ path }: StoreFile, start: Buffer): KvError | undefined {
  if (start.readUInt32LE(older.magic) !== MAGIC) return undefined;
  const version = start.readUInt32LE(older.version);
  const state = `it is a file of LMDB's data version ${version}, and kv's have ${DATA_VERSION}`;
  return new KvError('unknown-format', `cannot open store file "${path}": ${state}`, {
    hint: 'to move its records: mdb_dump FOLDER | kv --store NEW import --format mdb',
  });
}

function noFile(file: StoreFile): KvError {
  return notAStore(file, `its ${DATA_FILE} is a folder, a pipe or a device`);
}

function notAStore({ path }: StoreFile, state: string): KvError {
  return new KvError('not-a-store', `cannot open store file "${path}": ${state}`);
}

function badMeta(file: StoreFile): KvError {
  return unusable(file, 'a meta page is not what it should be');
}
