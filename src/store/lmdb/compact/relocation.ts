/**
 * Moves pages of a store's trees to other places in the file. Pages that have to move, and their
 * ancestors, are written anew; all others stay. The pages of the initial state are not overwritten.
 */
import { PageCensus } from '../check/page-census.js';
import { sound } from '../file/leaves.js';
import type { TreesState } from '../file/metas.js';
import type { Page, Place } from '../file/page.js';
import { movePage } from '../file/page-header.js';
import type { StoreFile } from '../file/store-file.js';
import { type TreeKind, tree } from '../file/tree-descriptor.js';
import { childOf, readPage, rootOf } from '../file/walk.js';
import type { PageRoom } from './page-room.js';
import type { PageWriter } from './page-writer.js';

export interface Moving {
  readonly file: StoreFile;
  readonly state: TreesState;
  /** Where they go. */
  readonly room: PageRoom;
  /** The transaction that writes them. */
  readonly transaction: number;
  mustMove(first: number, count: number): boolean;
}

interface Written {
  readonly writer: PageWriter;
  /** An upper bound on the pages that will be written. */
  readonly lastPage: number;
}

export class Relocation {
  readonly #moving: Moving;
  readonly #writer: PageWriter | undefined;
  /** The descriptor of the main tree at the end. */
  main: Buffer;
  /** The pages of the trees at the end; known if they are written. */
  readonly used: PageCensus | undefined;
  /** The highest of these pages. */
  highest = -1;

  /** Without a writer nothing is written, and `highest` is what it would become. */
  constructor(moving: Moving, written?: Written) {
    this.#moving = moving;
    this.#writer = written?.writer;
    this.main = moving.state.main;
    this.used = written && new PageCensus(written.lastPage);
  }

  /** Yields the number of pages done. Throws `damaged`, `io`, and errors of writing. */
  *steps(): Generator<number> {
    this.main = yield* this.#tree(this.main, 'main');
    this.#writer?.end();
  }

  *#tree(descriptor: Buffer, kind: TreeKind): Generator<number, Buffer> {
    const root = rootOf(descriptor, kind);
    if (root === undefined) return descriptor;
    const number = yield* this.#page(root);
    if (number === root.number) return descriptor;
    const moved = Buffer.from(descriptor);
    moved.writeBigUInt64LE(BigInt(number), tree.root);
    return moved;
  }

  /** Returns the page's number after the move. */
  *#page(place: Place): Generator<number, number> {
    const { file, state, room, transaction, mustMove } = this.#moving;
    const { transaction: newest, lastPage } = state;
    const page = sound(file, readPage(file, place, { newest, lastPage }));
    let isChanged = mustMove(place.number, 1);
    for (let node = 0; node < page.count; node++) {
      const hasChanged = page.isLeaf
        ? yield* this.#leafNode(page, node)
        : yield* this.#branchNode(place, page, node);
      isChanged ||= hasChanged;
    }
    yield 1;
    if (!isChanged) return this.#use(place.number, 1);
    const number = room.take(1);
    movePage(page.bytes, number, transaction);
    this.#writer?.write(number, page.bytes);
    return this.#use(number, 1);
  }

  /** Whether the node refers to another page now. */
  *#branchNode(place: Place, page: Page, node: number): Generator<number, boolean> {
    const child = childOf(place, page, node);
    const number = yield* this.#page(child);
    if (number === child.number) return false;
    page.setChild(node, number);
    return true;
  }

  *#leafNode(page: Page, node: number): Generator<number, boolean> {
    if (page.isTree(node)) {
      const descriptor = page.data(node);
      const moved = yield* this.#tree(Buffer.from(descriptor), 'named');
      if (moved.equals(descriptor)) return false;
      moved.copy(descriptor);
      return true;
    }
    if (!page.isElsewhere(node)) return false;
    const { file, state, room, transaction, mustMove } = this.#moving;
    const { number, count } = page.overflow(node);
    // It is checked, and read only if it moves.
    sound(file, file.readOverflow(page.data(node), page.dataSize(node), state.transaction, 0));
    yield count;
    if (!mustMove(number, count)) {
      this.#use(number, count);
      return false;
    }
    const moved = room.take(count);
    if (this.#writer) {
      const pages = sound(file, file.readPages(number, count));
      movePage(pages, moved, transaction);
      this.#writer.write(moved, pages);
    }
    page.setOverflow(node, moved, transaction);
    this.#use(moved, count);
    return true;
  }

  #use(first: number, count: number): number {
    this.highest = Math.max(this.highest, first + count - 1);
    for (let page = first; this.used && page < first + count; page++) this.used.use(page);
    return first;
  }
}
