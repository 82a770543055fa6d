/** The use of each page of the file: two bits a page, so that the largest file takes 64 MiB. */
import type { PageRun } from '../file/free-list.js';

export class PageCensus {
  readonly #pages: number;
  readonly #used: Uint8Array;
  readonly #free: Uint8Array;
  usedPages = 0;
  freePages = 0;

  /** For a file whose last page has this number. */
  constructor(lastPage: number) {
    this.#pages = lastPage + 1;
    this.#used = new Uint8Array(Math.ceil(this.#pages / 8));
    this.#free = new Uint8Array(this.#used.length);
  }

  /** Notes a used page; false if it has been noted before, or is outside of the file. */
  use(page: number): boolean {
    const isNew = this.#set(this.#used, page);
    if (isNew) this.usedPages++;
    return isNew;
  }

  /** Notes a free page, in the same way. */
  release(page: number): boolean {
    const isNew = this.#set(this.#free, page);
    if (isNew) this.freePages++;
    return isNew;
  }

  /** Whether a page has been noted as free. */
  isFree(page: number): boolean {
    return ((this.#free[page >>> 3]! >> (page & 7)) & 1) === 1;
  }

  /** Notes that all pages of some runs are used; those that are noted already stay so. */
  useAll(runs: Iterable<PageRun>): void {
    for (const { first, count } of runs) {
      for (let page = first; page < first + count; page++) this.use(page);
    }
  }

  /** A copy with the used pages, and without the free ones. */
  copyOfUsed(): PageCensus {
    const copy = new PageCensus(this.#pages - 1);
    copy.#used.set(this.#used);
    copy.usedPages = this.usedPages;
    return copy;
  }

  holds(run: PageRun): boolean {
    return run.first >= 0 && run.first + run.count <= this.#pages;
  }

  /** Used pages. */
  *used(): Generator<PageRun> {
    yield* this.#runs((used) => used);
  }

  /** Pages that are not used, including the first two. */
  *unused(): Generator<PageRun> {
    yield* this.#runs((used) => ~used);
  }

  /** Pages that are both used and free. */
  *contradictions(): Generator<PageRun> {
    yield* this.#runs((used, free) => used & free);
  }

  /** Pages that are neither used nor free. */
  *lost(): Generator<PageRun> {
    yield* this.#runs((used, free) => ~(used | free));
  }

  /** The longest runs of pages whose bits are in `select`. */
  *#runs(select: (used: number, free: number) => number): Generator<PageRun> {
    let first = -1;
    for (let page = 0; page < this.#pages; page++) {
      const byte = page >> 3;
      const bits = select(this.#used[byte]!, this.#free[byte]!) & 0xff;
      if (first < 0 && bits === 0) {
        page |= 7;
        continue;
      }
      const isOne = ((bits >> (page & 7)) & 1) === 1;
      if (isOne && first < 0) first = page;
      if (isOne || first < 0) continue;
      yield { first, count: page - first };
      first = -1;
    }
    if (first >= 0) yield { first, count: this.#pages - first };
  }

  #set(bits: Uint8Array, page: number): boolean {
    if (!(page >= 0 && page < this.#pages)) return false;
    // Page numbers stay below 2 ** 31: a file has 1 TiB at most, and a page 512 bytes at least.
    const byte = page >>> 3;
    const bit = 1 << (page & 7);
    if ((bits[byte]! & bit) !== 0) return false;
    bits[byte]! |= bit;
    return true;
  }
}
