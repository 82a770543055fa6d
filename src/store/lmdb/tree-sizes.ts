/**
 * The number of entries and pages of each tree, as the store records it in its main tree. LMDB
 * keeps the same numbers in the tree's descriptor, without a checksum: whoever counts compares
 * both, and so does each transaction before it changes the tree, so that no wrong number is carried
 * on.
 */
import { KvError } from '../../errors.js';
import { type DatabaseStats, type Db, pagesOf, type RootDb, statsOf } from './database.js';
import {
  decodeTreeSize,
  encodeTreeSize,
  openEntry,
  sealEntry,
  sizeKey,
  type TreeSize,
} from './layout.js';
import { statsInTransaction } from './lmdb-internals.js';

const NO_SIZE = 'it lacks its size';

const CHECK = 'try: kv store check, and kv store salvage DAMAGED NEW';

/** What to do with a store without sizes: unreleased builds of format 2 have made such stores. */
export const OF_EARLIER_BUILD =
  'a store of an unreleased build has none: kv store salvage OLD NEW brings all of it; else try: kv store check';

const NOTHING: TreeSize = { entries: 0, pages: 0 };

export class TreeSizes {
  readonly #path: string;
  readonly #main: () => RootDb;
  /** The trees that the transaction under way may change, with their saved sizes. */
  readonly #begun = new Map<Db, TreeSize>();

  /** `path` is the store's. */
  constructor(path: string, main: () => RootDb) {
    this.#path = path;
    this.#main = main;
  }

  /** The size of a tree, for the reads around it. Throws `damaged`. */
  sizeOf(db: Db): TreeSize {
    // The transaction under way has compared it with what is saved, and may have changed it since.
    if (this.#begun.has(db)) return sizeIn(statsInTransaction(db));
    return this.#sound(db, statsOf);
  }

  /** To be called in a transaction before it changes a tree. Throws `damaged`. */
  begin(db: Db): void {
    if (!this.#begun.has(db)) this.#begun.set(db, this.#sound(db, statsInTransaction));
  }

  /** The same for a tree that the transaction has made. Throws `damaged` if there was one. */
  made(db: Db): void {
    if (this.#main().getBinary(sizeKey(db.name))) throw this.#damaged(db, 'the tree is lost');
    this.#save(db, NOTHING);
    this.#begun.set(db, NOTHING);
  }

  /** The same for a tree that it is about to drop. */
  dropped(db: Db): void {
    this.#main().removeSync(sizeKey(db.name));
    this.#begun.delete(db);
  }

  /** Saves changed sizes of trees that still exist, before the commit. */
  save(isOpen: (db: Db) => boolean): void {
    for (const [db, saved] of this.#begun) {
      if (!isOpen(db)) continue;
      const size = sizeIn(statsInTransaction(db));
      if (!isSame(size, saved)) this.#save(db, size);
    }
  }

  /** To be called when the transaction has ended, committed or not. */
  end(): void {
    this.#begun.clear();
  }

  #sound(db: Db, stats: (db: Db) => DatabaseStats): TreeSize {
    const saved = this.#saved(db);
    const size = sizeIn(stats(db));
    if (saved && isSame(saved, size)) return size;
    throw this.#damaged(db, saved ? 'its size is not what the store says' : NO_SIZE);
  }

  #damaged({ name }: Db, state: string): KvError {
    const problem = `damaged: "${name}": ${state}`;
    const hint = state === NO_SIZE ? OF_EARLIER_BUILD : CHECK;
    return new KvError('damaged', `cannot use store "${this.#path}": ${problem}`, { hint });
  }

  #save(db: Db, size: TreeSize): void {
    const main = this.#main();
    const key = sizeKey(db.name);
    main.putSync(key, sealEntry(main.seed, key, encodeTreeSize(size)));
  }

  #saved(db: Db): TreeSize | undefined {
    const main = this.#main();
    const key = sizeKey(db.name);
    const entry = main.getBinary(key);
    const bytes = entry && openEntry(main.seed, key, entry);
    return bytes && decodeTreeSize(bytes);
  }
}

function isSame(one: TreeSize, other: TreeSize): boolean {
  return one.entries === other.entries && one.pages === other.pages;
}

function sizeIn(stats: DatabaseStats): TreeSize {
  return { entries: stats.entryCount, pages: pagesOf(stats) };
}
