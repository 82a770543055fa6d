/**
 * A look at data.mdb before LMDB maps it: LMDB trusts what it maps, so a file that is cut off or
 * overwritten would kill the process with SIGBUS or SIGSEGV instead of failing.
 *
 * What is looked at: both meta pages, the file's length, and the trees' pages from the roots
 * downward, with the lists of free pages, up to a number that keeps the look cheap. The structures
 * are those of LMDB's mdb.c.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { ioError, KvError } from '../../../errors.js';
import { DATA_FILE, STORE_LIMIT_BYTES } from '../layout.js';
import { isFreeList } from './free-list.js';
import {
  F_BIGDATA,
  F_SUBDATA,
  FLAGS_OFFSET,
  LOWER_OFFSET,
  NO_PAGE,
  P_BRANCH,
  P_LEAF,
  P_META,
  P_OVERFLOW,
  PAGE_COUNT_OFFSET,
  PAGE_HEADER_BYTES,
  TRANSACTION_OFFSET,
  tree,
  UPPER_OFFSET,
} from './page.js';

const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;

/** Pages of the tree that every opening looks at: the trees' roots and some of what is below. */
const QUICK_LOOK_PAGES = 32;

/** Bytes of the lists of free pages that every opening looks at. */
const QUICK_LOOK_LIST_BYTES = 1024 * 1024;

/** How often a look begins anew because another process has committed meanwhile. */
const LOOK_LIMIT = 10;

/** Flags of the tree of free pages, which are those of the environment too. */
const INTEGER_KEYS = 0x08;
const ENCRYPTED = 0x2000;
/** Encryption, a fixed address, and orders of keys and records that this tree cannot have. */
const IMPOSSIBLE_FLAGS = 0x2077;

/** Bytes of a meta page that hold something. */
const META_BYTES = 168;

/** More transactions than any store will see; a JavaScript number tells these apart. */
const TRANSACTION_LIMIT = 2n ** 52n;

/** Where the fields of a meta page are, in bytes from the page's beginning. */
const meta = {
  magic: 24,
  version: 28,
  freeTree: 48,
  mainTree: 96,
  lastPage: 144,
  transaction: 152,
};

/** The same in data version 1, whose pages have a shorter header. */
const older = { magic: 16, version: 20 };

/** Throws `not-a-store`, `unknown-format`, `damaged` or `io` for what LMDB must not be given. */
export function lookAtDataFile(path: string): void {
  let file: number;
  try {
    // Of a pipe that somebody put there, opening would wait for the other end.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw ioError(`open store file "${path}"`, error);
  }
  try {
    new Look(path, file).run();
  } finally {
    closeSync(file);
  }
}

/** A page that is still to be looked at, and how far above the leaves it must be. */
interface Pending {
  readonly page: number;
  readonly depth: number;
  /** The lists of free pages, the main tree, which leads to the named ones, or one of those. */
  readonly tree: 'free' | 'main' | 'named';
}

class Look {
  readonly #path: string;
  readonly #file: number;
  #size = 0;
  #isShort = false;
  #pageSize = 4096;
  #lastPage = 0;
  #newest = 0n;
  #listBytesLeft = 0;

  constructor(path: string, file: number) {
    this.#path = path;
    this.#file = file;
  }

  run(): void {
    for (let looks = 0; looks < LOOK_LIMIT; looks++) {
      const metas = this.#readMetas();
      try {
        this.#lookFrom(metas);
        return;
      } catch (error) {
        // Nothing locks the pages: what another process has overwritten since is not damaged.
        if (this.#readMetas().equals(metas)) throw error;
      }
    }
    // Somebody commits all the time, and so has looked at more of the file than this would.
  }

  #lookFrom(metas: Buffer): void {
    const newest = this.#newestOf(metas);
    // After the metas, so that the file is at least as long as they need it.
    this.#size = fstatSync(this.#file).size;
    this.#newest = transactionOf(newest);
    this.#lastPage = Number(newest.readBigUInt64LE(meta.lastPage));
    // LMDB leaves the file short of its last page where that page is free. So a short file is
    // suspect, and then every page is looked at: one that is in use and not there is damage.
    this.#isShort = this.#size < (this.#lastPage + 1) * this.#pageSize;
    this.#listBytesLeft = QUICK_LOOK_LIST_BYTES;
    this.#walk(newest, this.#isShort ? Number.POSITIVE_INFINITY : QUICK_LOOK_PAGES);
  }

  /** The two first pages. */
  #readMetas(): Buffer {
    const stats = fstatSync(this.#file);
    if (!stats.isFile()) throw this.#notAStore(`its ${DATA_FILE} is a folder, a pipe or a device`);
    this.#size = stats.size;
    const isFile = this.#size < META_BYTES || this.#read(meta.magic, 4).readUInt32LE(0) === MAGIC;
    if (!isFile) throw this.#olderFile() ?? this.#notAStore(`its ${DATA_FILE} is no file of LMDB`);
    if (this.#size < 2 * this.#pageSize) {
      throw this.#damaged(`it has ${this.#size} bytes, less than its two first pages`);
    }
    const first = this.#read(0, this.#pageSize);
    this.#checkMeta(first);
    this.#pageSize = first.readUInt32LE(meta.freeTree + tree.pageSize);
    return this.#read(0, 2 * this.#pageSize);
  }

  #newestOf(metas: Buffer): Buffer {
    const first = metas.subarray(0, this.#pageSize);
    const second = metas.subarray(this.#pageSize);
    if (flagsOf(first) & ENCRYPTED) throw this.#notAStore('it is encrypted');
    this.#checkFields(first);
    this.#checkMeta(second);
    this.#checkFields(second);
    const newest = transactionOf(second) > transactionOf(first) ? second : first;
    // lmdb keeps a third meta in the middle of the first page, of a transaction before the newest.
    const third = first.subarray(this.#pageSize / 2);
    if (transactionOf(third) > 0n) {
      this.#checkFields(third);
      if (transactionOf(third) > transactionOf(newest)) throw this.#badMeta();
    }
    return newest;
  }

  /** Checks what no meta of any LMDB may hold; what it says of the trees is for `#walk`. */
  #checkFields(page: Buffer): void {
    const flags = flagsOf(page);
    const isTree = (flags & INTEGER_KEYS) !== 0 && (flags & IMPOSSIBLE_FLAGS) === 0;
    const isPageSize = page.readUInt32LE(meta.freeTree + tree.pageSize) === this.#pageSize;
    const bytes = (Number(page.readBigUInt64LE(meta.lastPage)) + 1) * this.#pageSize;
    const isNumber = transactionOf(page) < TRANSACTION_LIMIT;
    if (!isTree || !isPageSize || bytes > STORE_LIMIT_BYTES || !isNumber) throw this.#badMeta();
  }

  #checkMeta(page: Buffer): void {
    if (page.readUInt32LE(meta.magic) !== MAGIC) throw this.#badMeta();
    const version = page.readUInt32LE(meta.version);
    if (version !== DATA_VERSION) {
      throw new KvError(
        'unknown-format',
        `cannot open store file "${this.#path}": it has LMDB's data version ${version}, not ${DATA_VERSION}`,
      );
    }
    const pageSize = page.readUInt32LE(meta.freeTree + tree.pageSize);
    const isPageSize = pageSize >= 512 && pageSize <= 65536 && (pageSize & (pageSize - 1)) === 0;
    if (!isPageSize || (page.readUInt16LE(FLAGS_OFFSET) & P_META) === 0) throw this.#badMeta();
  }

  /** Looks at up to `budget` pages of the trees, the roots first. */
  #walk(newest: Buffer, budget: number): void {
    const pending: Pending[] = [];
    this.#pushTree(pending, newest.subarray(meta.freeTree, meta.freeTree + tree.bytes), 'free');
    this.#pushTree(pending, newest.subarray(meta.mainTree, meta.mainTree + tree.bytes), 'main');
    for (let looked = 0; looked < Math.min(budget, pending.length); looked++) {
      this.#lookAtPage(pending, pending[looked]!);
    }
  }

  #lookAtPage(pending: Pending[], place: Pending): void {
    const { page, depth } = place;
    if (page > this.#lastPage) throw this.#damaged(`page ${page} lies beyond its last one`);
    const bytes = this.#read(page * this.#pageSize, this.#pageSize);
    this.#checkHeader(bytes, page, depth > 1 ? P_BRANCH : P_LEAF);
    const lower = bytes.readUInt16LE(LOWER_OFFSET);
    const upper = bytes.readUInt16LE(UPPER_OFFSET);
    // Offsets on a page are counted from behind its header.
    const room = this.#pageSize - PAGE_HEADER_BYTES;
    if (lower > upper || upper > room || lower % 2 > 0) throw this.#badPage(page);
    const ends = new Map<number, number>();
    for (let slot = 0; slot < lower; slot += 2) {
      const offset = bytes.readUInt16LE(PAGE_HEADER_BYTES + slot);
      if (offset < upper || offset + 8 > room) throw this.#badPage(page);
      const size = this.#lookAtNode(pending, place, bytes, PAGE_HEADER_BYTES + offset);
      ends.set(offset, offset + size + (size % 2));
    }
    // The nodes fill the end of the page, each one once, with nothing between them.
    let end: number | undefined = upper;
    for (let node = 0; node < lower / 2; node++) end = ends.get(end ?? room);
    if (end !== room) throw this.#badPage(page);
  }

  /** A node: u16 low, u16 high, u16 flags, u16 key size, the key, the data. Returns its size. */
  #lookAtNode(pending: Pending[], place: Pending, page: Buffer, offset: number): number {
    const { depth, tree: kind } = place;
    const [low, high, flags, keySize] = [0, 2, 4, 6].map((at) => page.readUInt16LE(offset + at));
    if (depth > 1) {
      // A branch has no flags; their field is the child's number's third part.
      const child = low! + high! * 2 ** 16 + flags! * 2 ** 32;
      pending.push({ page: child, depth: depth - 1, tree: kind });
      return 8 + keySize!;
    }
    const size = low! + high! * 2 ** 16;
    const start = offset + 8 + keySize!;
    const needed = flags === F_BIGDATA ? 24 : size;
    const data = page.subarray(start, start + needed);
    if (data.length < needed) throw this.#damaged('a record runs over the end of its page');
    if (kind === 'free') this.#checkFreeKey(page.subarray(offset + 8, start), place.page);
    if (flags === F_SUBDATA && kind === 'main' && size === tree.bytes) {
      this.#pushTree(pending, data, 'named');
    } else if (flags === F_BIGDATA) this.#lookAtOverflow(data, size, kind === 'free');
    else if (flags !== 0) throw this.#badPage(place.page);
    else if (kind === 'free') this.#checkFreeList(data, size);
    return 8 + keySize! + needed;
  }

  /** A record of several pages: number u64, transaction u64, pages u64. */
  #lookAtOverflow(reference: Buffer, size: number, isFree: boolean): void {
    const page = Number(reference.readBigUInt64LE(0));
    const count = Number(reference.readBigUInt64LE(16));
    if ((page + count) * this.#pageSize > this.#size) {
      throw this.#damaged('it ends before its last page');
    }
    if (PAGE_HEADER_BYTES + size > count * this.#pageSize) throw this.#badPage(page);
    const start = page * this.#pageSize;
    // A leaf leads to a hundred chunks: too many for a quick look.
    if (!this.#isShort && !isFree) return;
    const header = this.#read(start, PAGE_HEADER_BYTES);
    this.#checkHeader(header, page, P_OVERFLOW);
    if (header.readUInt32LE(PAGE_COUNT_OFFSET) !== count) throw this.#badPage(page);
    if (!isFree) return;
    const length = Math.min(size, this.#listBytesLeft);
    this.#listBytesLeft -= length;
    this.#checkFreeList(this.#read(start + PAGE_HEADER_BYTES, length), size);
  }

  /** The number of the transaction that freed the pages, u64. */
  #checkFreeKey(key: Buffer, page: number): void {
    const transaction = key.length === 8 ? key.readBigUInt64LE() : 0n;
    if (transaction === 0n || transaction > this.#newest) throw this.#badPage(page);
  }

  #checkFreeList(list: Buffer, size: number): void {
    if (list.length === 0 && size > 0) return;
    if (isFreeList(list, size, BigInt(this.#lastPage))) return;
    throw this.#damaged('a list of free pages is not what it should be');
  }

  #checkHeader(header: Buffer, page: number, flags: number): void {
    const isPage =
      header.readBigUInt64LE(0) === BigInt(page) &&
      header.readUInt16LE(FLAGS_OFFSET) === flags &&
      // LMDB takes a page of a later transaction for one in memory.
      header.readBigUInt64LE(TRANSACTION_OFFSET) <= this.#newest;
    if (!isPage) throw this.#badPage(page);
  }

  #pushTree(pending: Pending[], descriptor: Buffer, kind: Pending['tree']): void {
    const root = descriptor.readBigUInt64LE(tree.root);
    const depth = descriptor.readUInt16LE(tree.depth);
    if (root !== NO_PAGE) pending.push({ page: Number(root), depth, tree: kind });
  }

  #read(position: number, length: number): Buffer {
    if (position + length > this.#size) throw this.#damaged('it ends before its last page');
    const bytes = Buffer.allocUnsafe(length);
    try {
      for (let read = 0; read < length; ) {
        const count = readSync(this.#file, bytes, read, length - read, position + read);
        if (count === 0) throw this.#damaged('it ends before its last page');
        read += count;
      }
    } catch (error) {
      throw ioError(`read store file "${this.#path}"`, error);
    }
    return bytes;
  }

  /** Of a file in LMDB's data version 1, which most systems' own LMDB writes. */
  #olderFile(): KvError | undefined {
    const [magic, version] = [older.magic, older.version].map((at) => this.#read(at, 4));
    if (magic!.readUInt32LE() !== MAGIC) return undefined;
    const state = `it is a file of LMDB's data version ${version!.readUInt32LE()}, and kv's have ${DATA_VERSION}`;
    return new KvError('unknown-format', `cannot open store file "${this.#path}": ${state}`, {
      hint: 'to move its records: mdb_dump FOLDER | kv --store NEW import --format mdb',
    });
  }

  #notAStore(state: string): KvError {
    return new KvError('not-a-store', `cannot open store file "${this.#path}": ${state}`);
  }

  #badMeta(): KvError {
    return this.#damaged('a meta page is not what it should be');
  }

  #badPage(page: number): KvError {
    return this.#damaged(`page ${page} is not what it should be`);
  }

  #damaged(state: string): KvError {
    return new KvError('damaged', `cannot open store file "${this.#path}": damaged: ${state}`, {
      hint: 'restore the folder from a backup, or move it away to begin anew',
    });
  }
}

/** Flags of the environment, which are kept as those of the tree of free pages. */
function flagsOf(page: Buffer): number {
  return page.readUInt16LE(meta.freeTree + tree.flags);
}

/** The number of the transaction that wrote a meta. */
function transactionOf(page: Buffer): bigint {
  return page.readBigUInt64LE(meta.transaction);
}
