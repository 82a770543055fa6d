/**
 * Commits a state of a store as LMDB commits its transactions; for the holder of the write lock.
 */
import { fdatasyncSync } from 'node:fs';
import type { PageCensus } from '../check/page-census.js';
import type { PageRun } from '../file/free-list.js';
import { META_PAGES } from '../file/meta-layout.js';
import type { Meta } from '../file/metas.js';
import { commitOf } from '../file/new-metas.js';
import { writeWhole } from '../flush.js';
import { emptyFreeTree, encodeFreeList, listPages, writeFreeTree } from './free-tree.js';
import type { PageRoom } from './page-room.js';
import type { PageWriter } from './page-writer.js';

/** The parts of a state, besides its list of free pages. */
export interface NewState {
  readonly transaction: number;
  /** The descriptor of the main tree. */
  readonly main: Buffer;
  /** The pages of all trees of records. All others up to the last page become free. */
  readonly used: PageCensus;
  readonly lastPage: number;
}

/** The place of a list's pages, if the list needs any. */
export interface ListPlace {
  readonly writer: PageWriter;
  readonly room: PageRoom;
  readonly pageSize: number;
}

/** Bytes by which a list may grow when its own pages are removed from it. */
const GROWTH_BYTES = 64;

/** Writes the list of free pages; returns the fields of the meta page. */
export function writeState(
  before: Meta,
  { transaction, main, used, lastPage }: NewState,
  { writer, room, pageSize }: ListPlace,
): { transaction: number; main: Buffer; free: Buffer; lastPage: number } {
  const isFree = ({ first }: PageRun) => first <= lastPage;
  used.useAll([{ first: 0, count: META_PAGES }]);
  const planned = encodeFreeList([...used.unused()].filter(isFree));
  if (planned.length === EMPTY_LIST_BYTES) {
    return { transaction, main, free: emptyFreeTree(before.free), lastPage };
  }
  const count = listPages(planned.length + GROWTH_BYTES, pageSize);
  const leaf = { first: room.take(1), count: 1 };
  const overflow = count === 0 ? undefined : { first: room.take(count), count };
  used.useAll(overflow ? [leaf, overflow] : [leaf]);
  const list = encodeFreeList([...used.unused()].filter(isFree));
  const pages = { leaf: leaf.first, overflow };
  const free = writeFreeTree(writer, pageSize, { list, transaction, pages, like: before.free });
  return { transaction, main, free, lastPage: Math.max(lastPage, room.highest) };
}

/** Bytes of an empty list. */
const EMPTY_LIST_BYTES = 8;

/**
 * Commits a state whose pages have been written, under two numbers, so that both meta pages refer
 * to it. `written` is called after each.
 */
export function commitTwice(
  descriptor: number,
  before: Meta,
  state: ReturnType<typeof writeState>,
  written: () => void,
): void {
  for (const transaction of [state.transaction, state.transaction + 1]) {
    const { position, bytes } = commitOf(before, { ...state, transaction });
    writeWhole(descriptor, bytes, position);
    fdatasyncSync(descriptor);
    written();
  }
}
