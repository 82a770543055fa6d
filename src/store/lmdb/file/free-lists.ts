/** The tree of free pages: a list for each transaction that freed some. */
import { type PageRun, runsOf } from './free-list.js';
import { sound } from './leaves.js';
import { newestMeta, readMetas, type TreesState } from './metas.js';
import { Fault, type Page } from './page.js';
import type { StoreFile } from './store-file.js';
import { rootOf, walkInOrder } from './walk.js';

/** Pages that a transaction freed, and nobody has reused. */
export interface FreedPages {
  readonly transaction: number;
  /** They may lie outside of the file. */
  readonly runs: readonly PageRun[];
}

/** The lists, the oldest first, in a state that the caller holds. Throws `damaged`, `io`. */
export function* freedPages(file: StoreFile, state: TreesState): Generator<FreedPages> {
  const { transaction: newest, lastPage, free } = state;
  const root = rootOf(free, 'free');
  if (root === undefined) return;
  const everything = { lower: undefined, upper: undefined };
  for (const found of walkInOrder(file, root, everything, { newest, lastPage })) {
    const page = sound(file, found.page);
    if (!page.isLeaf) continue;
    for (let node = 0; node < page.count; node++) {
      yield sound(file, freedOf(file, page, node, newest));
    }
  }
}

/**
 * The bytes of the pages that the next transaction may use, counted up to `enough`: LMDB does not yet use what the
 * last one freed. Throws as the lists do.
 */
export function freeBytes(file: StoreFile, enough: number): number {
  let bytes = 0;
  const newest = newestMeta(file, readMetas(file));
  for (const { transaction, runs } of freedPages(file, newest)) {
    if (transaction >= Number(newest.transaction)) continue;
    for (const { count } of runs) bytes += count * file.pageSize;
    if (bytes >= enough) return bytes;
  }
  return bytes;
}

/** The pages in the list of a node, or its first `limit` runs. Throws `io`. */
export function freedOf(
  file: StoreFile,
  page: Page,
  node: number,
  newest: bigint,
  limit?: number,
): FreedPages | Fault {
  const key = page.key(node);
  const list = file.dataOf(page, node, newest);
  if (list instanceof Fault) return list;
  const runs = runsOf(list, limit);
  if (key.length !== 8 || runs === undefined) return notAList;
  return { transaction: Number(key.readBigUInt64LE()), runs };
}

export const notAList = new Fault('a list of free pages is not what it should be');
