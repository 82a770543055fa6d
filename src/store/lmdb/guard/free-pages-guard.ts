/**
 * Checks the lists of free pages before LMDB takes pages from them. LMDB writes to these pages: one
 * in use would be overwritten, and one outside of the file ends the process.
 */
import type { KvError } from '../../../errors.js';
import type { PageRun } from '../file/free-list.js';
import { freedOf, notAList } from '../file/free-lists.js';
import { META_PAGES } from '../file/meta-layout.js';
import { type Meta, newestMeta, readMetas } from '../file/metas.js';
import { badPage, Fault, type Page, type Place } from '../file/page.js';
import type { StoreFile } from '../file/store-file.js';
import { tree } from '../file/tree-descriptor.js';
import { readPage, rootOf, walkBroadly } from '../file/walk.js';
import { damaged } from './guarded-pages.js';

/** How long a check is relied on, in ms: pages written meanwhile are fresh. */
const RELIED_ON_MS = 60_000;

/**
 * The most runs of free pages that are compared, and the most pages that are read to find those in
 * use.
 */
const RUNS = 2000;
const USED_PAGES = 24;

export class FreePagesGuard {
  readonly #path: string;
  readonly #openFile: () => StoreFile;
  #checked = Number.NEGATIVE_INFINITY;

  /** `path` is the store's. */
  constructor(path: string, openFile: () => StoreFile) {
    this.#path = path;
    this.#openFile = openFile;
  }

  /** For the holder of the write lock. Throws `damaged`, `io`. */
  check(): void {
    if (Math.abs(Date.now() - this.#checked) < RELIED_ON_MS) return;
    const file = this.#openFile();
    const meta = newestMeta(file, readMetas(file));
    const free = this.#freeRuns(file, meta);
    for (const used of usedRuns(file, meta)) {
      const page = commonPage(free, used);
      if (page !== undefined) throw this.#damaged(`page ${page} is used, and free as well`);
    }
    this.#checked = Date.now();
  }

  /** The pages that LMDB takes first, in order: those of the newest lists. */
  #freeRuns(file: StoreFile, meta: Meta): PageRun[] {
    const runs: PageRun[] = [];
    for (const page of this.#leaves(file, meta).reverse()) {
      for (let node = page.count - 1; node >= 0 && runs.length < RUNS; node--) {
        for (const run of this.#listOf(file, meta, page, node)) runs.push(run);
      }
    }
    runs.sort((a, b) => a.first - b.first);
    for (let at = 1; at < runs.length; at++) {
      const { first, count } = runs[at - 1]!;
      const next = runs[at]!.first;
      if (first + count > next) throw this.#damaged(`page ${next} is free twice`);
    }
    return runs;
  }

  #leaves(file: StoreFile, { transaction: newest, lastPage, free }: Meta): Page[] {
    const root = rootOf(free, 'free');
    const leaves: Page[] = [];
    for (const { place, page } of walkBroadly(file, root ? [root] : [], { newest, lastPage })) {
      if (page instanceof Fault) throw damaged(this.#path, page);
      if (!page.isTiled) throw damaged(this.#path, badPage(place.number));
      if (page.isLeaf) leaves.push(page);
    }
    return leaves;
  }

  #listOf(
    file: StoreFile,
    { transaction: newest, lastPage }: Meta,
    page: Page,
    node: number,
  ): readonly PageRun[] {
    const freed = freedOf(file, page, node, newest, RUNS);
    if (freed instanceof Fault) throw damaged(this.#path, freed);
    const { transaction, runs } = freed;
    const isSound =
      transaction > 0 &&
      transaction <= newest &&
      runs.every(({ first, count }) => first >= META_PAGES && first + count - 1 <= lastPage);
    if (!isSound) throw damaged(this.#path, notAList);
    return runs;
  }

  #damaged(state: string): KvError {
    return damaged(this.#path, new Fault(state));
  }
}

/**
 * Pages in use, as far as a few pages show them: branches name all leaves, and leaves that refer to
 * pages of their own are read. Damage there is not this guard's business.
 */
function* usedRuns(
  file: StoreFile,
  { transaction: newest, lastPage, main }: Meta,
): Generator<PageRun> {
  const first = rootOf(main, 'main');
  const places: (Place & { readonly hasOverflow: boolean })[] = first
    ? [{ ...first, hasOverflow: false }]
    : [];
  if (first) yield { first: first.number, count: 1 };
  for (let next = 0; next < places.length && next < USED_PAGES; next++) {
    const place = places[next]!;
    const page = readPage(file, place, { newest, lastPage });
    if (page instanceof Fault) continue;
    for (let node = 0; node < page.count; node++) {
      if (page.isLeaf && page.isTree(node)) {
        const descriptor = page.data(node);
        const root = rootOf(descriptor, 'named');
        const hasOverflow = descriptor.readBigUInt64LE(tree.overflowPages) > 0n;
        if (root) yield { first: root.number, count: 1 };
        if (root) places.push({ ...root, hasOverflow });
      } else if (page.isLeaf && page.isElsewhere(node)) {
        const { number, count } = page.overflow(node);
        yield { first: number, count };
      } else if (!page.isLeaf) {
        const child = { number: page.child(node), tree: place.tree, depth: place.depth - 1 };
        const isRead = child.depth > 1 || place.tree === 'main' || place.hasOverflow;
        yield { first: child.number, count: 1 };
        if (isRead) places.push({ ...child, hasOverflow: place.hasOverflow });
      }
    }
  }
}

/** A page that one of the ascending runs shares with another run. */
function commonPage(runs: readonly PageRun[], { first, count }: PageRun): number | undefined {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (runs[middle]!.first + runs[middle]!.count <= first) low = middle + 1;
    else high = middle;
  }
  const run = runs[low];
  return run && run.first < first + count ? Math.max(run.first, first) : undefined;
}
