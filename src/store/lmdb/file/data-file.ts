/**
 * Checks data.mdb before LMDB maps it: LMDB trusts what it maps, so a file that is cut off or
 * overwritten would kill the process with SIGBUS or SIGSEGV.
 *
 * It reads both meta pages and the file's length; for writing also the lists of free pages, up to a
 * number that keeps the check cheap. The trees of records are checked where LMDB goes to them, see
 * path-guard.ts.
 */
import type { Mode } from '../../store.js';
import { isFreeList } from './free-list.js';
import { checkTogether, type Meta, newestMeta, readMetas, unusable } from './metas.js';
import { badPage, Fault, type Page, type Place } from './page.js';
import { PAGE_HEADER_BYTES } from './page-header.js';
import { StoreFile } from './store-file.js';
import { walkBroadly } from './walk.js';

/** Bytes of a page, until the file says. */
const USUAL_PAGE_BYTES = 4096;

/** Pages of the tree of free pages that an opening for writing checks: the root and some below. */
const QUICK_CHECK_PAGES = 32;

/** Bytes of the lists of free pages that it checks. */
const QUICK_CHECK_LIST_BYTES = 1024 * 1024;

/** How often the check is repeated because another process has committed meanwhile. */
const ATTEMPT_LIMIT = 10;

/** Throws `not-a-store`, `unknown-format`, `damaged` or `io` for a file that LMDB must not open. */
export function checkDataFile(path: string, mode: Mode): void {
  const file = new StoreFile(path, USUAL_PAGE_BYTES);
  try {
    for (let attempts = 0; attempts < ATTEMPT_LIMIT; attempts++) {
      const metas = readMetas(file);
      try {
        new QuickCheck(file, newestMeta(file, metas)).run(mode);
        checkTogether(file, metas);
        return;
      } catch (error) {
        // The pages are not locked: one that another process has overwritten since is not damaged.
        if (readMetas(file).equals(metas)) throw error;
      }
    }
    // Another process commits all the time, and has read more of the file than this would.
  } finally {
    file.close();
  }
}

/** One reading of the pages, in the snapshot of a meta page. */
class QuickCheck {
  readonly #file: StoreFile;
  readonly #meta: Meta;
  /** Bytes of the file. */
  readonly #size: number;
  readonly #isShort: boolean;
  #listBytesLeft = QUICK_CHECK_LIST_BYTES;

  constructor(file: StoreFile, meta: Meta) {
    this.#file = file;
    this.#meta = meta;
    // After the metas have been read, so that the file is at least as long as they need it.
    this.#size = file.size ?? 0;
    // LMDB leaves the file short of its last page if that page is free. So for a short file every
    // page is checked: one that is in use and missing is damage.
    this.#isShort = this.#size < (meta.lastPage + 1) * file.pageSize;
  }

  run(mode: Mode): void {
    const { transaction: newest, lastPage, roots } = this.#meta;
    if (!this.#isShort && mode === 'read') return;
    const checked = this.#isShort ? roots : roots.filter(({ tree }) => tree === 'free');
    let left = this.#isShort ? Number.POSITIVE_INFINITY : QUICK_CHECK_PAGES;
    for (const { place, page } of walkBroadly(this.#file, checked, { newest, lastPage })) {
      const fault = page instanceof Fault ? page : this.#faultOn(page, place);
      if (fault) throw unusable(this.#file, fault.state);
      if (--left <= 0) return;
    }
  }

  #faultOn(page: Page, { number, tree: kind }: Place): Fault | undefined {
    if (!page.isTiled) return badPage(number);
    if (!page.isLeaf) return undefined;
    for (let node = 0; node < page.count; node++) {
      const isFree = kind === 'free';
      if (isFree && !this.#isTransaction(page.key(node))) return badPage(number);
      const fault = page.isElsewhere(node)
        ? this.#faultInOverflow(page.data(node), page.dataSize(node), isFree)
        : isFree && this.#faultInList(page.data(node), page.dataSize(node));
      if (fault) return fault;
    }
    return undefined;
  }

  #faultInOverflow(reference: Buffer, size: number, isFree: boolean): Fault | undefined {
    const { pageSize } = this.#file;
    const number = Number(reference.readBigUInt64LE(0));
    const count = Number(reference.readBigUInt64LE(16));
    if ((number + count) * pageSize > this.#size) return new Fault('it ends before its last page');
    if (PAGE_HEADER_BYTES + size > count * pageSize) return badPage(number);
    // A leaf may refer to a hundred chunks: too many for a quick check.
    if (!this.#isShort && !isFree) return undefined;
    const length = isFree ? Math.min(size, this.#listBytesLeft) : 0;
    this.#listBytesLeft -= length;
    const data = this.#file.readOverflow(reference, size, this.#meta.transaction, length);
    if (data instanceof Fault) return data;
    return isFree ? this.#faultInList(data, size) : undefined;
  }

  #faultInList(list: Buffer, size: number): Fault | undefined {
    if (list.length === 0 && size > 0) return undefined;
    if (isFreeList(list, size, this.#meta.lastPage)) return undefined;
    return new Fault('a list of free pages is not what it should be');
  }

  /** Whether the key of a list of free pages is the number of the transaction that freed them. */
  #isTransaction(key: Buffer): boolean {
    const transaction = key.length === 8 ? key.readBigUInt64LE() : 0n;
    return transaction > 0n && transaction <= this.#meta.transaction;
  }
}
