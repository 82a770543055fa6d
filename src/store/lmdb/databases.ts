/**
 * The databases of an environment: opening, making and dropping them, and the descriptors of their
 * trees.
 */
import { KvError } from '../../errors.js';
import { seedOf } from './checksum.js';
import { binary, type Db, type RootDb } from './database.js';
import { tree } from './file/tree-descriptor.js';
import { guarded } from './guard/guarded-database.js';
import type { PathGuard } from './guard/path-guard.js';
import { sizeKey, type TreeSize, treeKey } from './layout.js';
import { forgetReads, takingSpans } from './lmdb-internals.js';
import type { Reads, Snapshot } from './reads.js';
import { TreeSizes } from './tree-sizes.js';

/** What it needs of the environment. */
interface DatabasesOf {
  readonly path: string;
  readonly reads: Reads;
  readonly guard: PathGuard;
  /** Available before the first database is opened. */
  main(): RootDb;
  inTransaction(): boolean;
  /** Whether the transaction under way is nested in another. */
  isNested(): boolean;
  /** Opens an existing database, without waiting for a writer. */
  opening<T>(open: () => T): T;
}

/**
 * The number of opened databases, and of those to be dropped, at the beginning of a transaction.
 */
export interface Mark {
  readonly opened: number;
  readonly dropped: number;
}

export class Databases {
  readonly #of: DatabasesOf;
  readonly #sizes: TreeSizes;
  /** By their names. */
  readonly #open = new Map<string, Db>();
  /** The names of those opened since the last transaction, in order. */
  readonly #opened: string[] = [];
  /** Those to be dropped when the transaction under way is committed, in order. */
  readonly #dropped = new Set<string>();

  constructor(of: DatabasesOf) {
    this.#of = of;
    this.#sizes = new TreeSizes(of.path, () => of.main());
  }

  /**
   * An existing database. A snapshot knows only those opened before it. Throws `damaged` if it does
   * not exist.
   */
  get(name: string): Db {
    return this.find(name) ?? this.#begun(this.#openOne(name, { isThere: true }));
  }

  /** Makes one, within a transaction. */
  create(name: string): Db {
    const db = this.#openOne(name, { isThere: false });
    this.#sizes.made(db);
    return db;
  }

  /**
   * A database that is open. Changes within a transaction have to get it here, or by the functions
   * above.
   */
  find(name: string): Db | undefined {
    const db = this.#open.get(name);
    return db && this.#begun(db);
  }

  isOpen(db: Db): boolean {
    return this.#open.get(db.name) === db;
  }

  /** The number of entries and pages. Throws `damaged` if its record is not what was written. */
  sizeOf(db: Db): TreeSize {
    return this.#of.reads.run(() => this.#sizes.sizeOf(db));
  }

  /**
   * Drops one, within a transaction. In a nested one it is emptied, and dropped with the outermost:
   * when lmdb drops a database in a transaction that is rolled back, it loses the writes of the
   * outer one to it.
   */
  drop(name: string): void {
    const db = this.get(name);
    if (this.#of.isNested()) {
      db.clearSync();
      this.#dropped.add(name);
      return;
    }
    this.#sizes.dropped(db);
    db.dropSync();
    this.#open.delete(name);
  }

  /**
   * Checks, in steps, the pages that emptying or dropping it frees, which takes most of the time;
   * yields leaves.
   */
  lookAtAll({ name }: Db): Generator<number> {
    return this.#of.guard.lookAtAll(name);
  }

  /** Those to be dropped when the transaction under way is committed. */
  get dropped(): ReadonlySet<string> {
    return this.#dropped;
  }

  /** The descriptor of a database's tree in a snapshot. Throws `damaged` if it does not exist. */
  descriptor({ name }: Pick<Db, 'name'>, snapshot: Snapshot): Buffer {
    const descriptor = this.findDescriptor(name, snapshot);
    if (descriptor) return descriptor;
    throw this.#lacks(name);
  }

  /**
   * The same for a database that need not be open; undefined if it did not exist yet. Throws
   * `damaged` if it has to exist.
   */
  findDescriptor(name: string, snapshot: Snapshot): Buffer | undefined {
    const { reads } = this.#of;
    const main = this.#of.main();
    const descriptor = reads.getCopy(main, treeKey(name), snapshot);
    if (descriptor?.length === tree.bytes) return descriptor;
    if (reads.getCopy(main, sizeKey(name), snapshot)) throw this.#lacks(name);
    return undefined;
  }

  /** Whether it exists, in the transaction under way. */
  has(name: string): boolean {
    return this.#of.reads.get(this.#of.main(), treeKey(name)) !== undefined;
  }

  /** Called at the beginning of a transaction; the result is for `rollBack`. */
  mark(): Mark {
    return { opened: this.#opened.length, dropped: this.#dropped.size };
  }

  /** Forgets databases opened in a transaction that is rolled back, and those it was to drop. */
  rollBack(mark: Mark): void {
    for (const name of this.#opened.splice(mark.opened)) this.#open.delete(name);
    for (const name of [...this.#dropped].slice(mark.dropped)) this.#dropped.delete(name);
  }

  /** Called before the outermost transaction is committed: drops databases, and saves sizes. */
  commits(): void {
    for (const name of this.#dropped) this.drop(name);
    this.#sizes.save((db) => this.isOpen(db));
  }

  /** Called when the outermost transaction has ended, committed or not. */
  ended(): void {
    this.#opened.length = 0;
    this.#dropped.clear();
    this.#sizes.end();
  }

  #begun(db: Db): Db {
    if (this.#of.inTransaction()) this.#of.reads.run(() => this.#sizes.begin(db));
    return db;
  }

  #openOne(name: string, { isThere }: { readonly isThere: boolean }): Db {
    const { guard, reads } = this.#of;
    const main = this.#of.main();
    reads.run(() => guard.checkTree(name));
    forgetReads(main);
    const options = { ...binary, create: !isThere };
    const open = () => main.openDB(name, options as never) as Db | undefined;
    const db = reads.run(() => (isThere ? this.#of.opening(open) : reads.renewal.during(open)));
    if (db === undefined) throw this.#lacks(name);
    guarded(takingSpans(db), guard);
    db.seed = seedOf(name);
    this.#open.set(name, db);
    this.#opened.push(name);
    return db;
  }

  #lacks(name: string): KvError {
    return new KvError('damaged', `store "${this.#of.path}" lacks its "${name}"`);
  }
}
