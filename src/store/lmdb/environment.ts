/** An open LMDB environment: its databases, snapshots and reads. Writes: write-transactions.ts. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { RangeOptions } from 'lmdb';
import { KvError } from '../../errors.js';
import type { Patience } from '../patience.js';
import { type Limits, processLimits } from '../process-limits.js';
import type { Milliseconds } from '../record.js';
import { AddressSpace, checkDescriptors, checkStack } from './address-space.js';
import { seedOf } from './checksum.js';
import { type Db, type KeySpan, type ReadTransaction, type RootDb, statsOf } from './database.js';
import { tree } from './file/page.js';
import { StoreFile } from './file/store-file.js';
import { FreePagesGuard } from './guard/free-pages-guard.js';
import { guarded } from './guard/guarded-database.js';
import { PathGuard } from './guard/path-guard.js';
import {
  BUCKET_LIMIT,
  DATA_FILE,
  LOCK_FILE,
  STORE_LIMIT_BYTES,
  sizeKey,
  type TreeSize,
  treeKey,
} from './layout.js';
import { isPanic, lmdbError } from './lmdb-error.js';
import {
  besideWrites,
  forgetReads,
  lastTransactionOf,
  Renewal,
  takingSpans,
} from './lmdb-internals.js';
import { LockFile } from './lock-file.js';
import type { AddonOptions } from './native-addon.js';
import { openEnvironment } from './open-environment.js';
import { StateOfReads } from './state-of-reads.js';
import { TreeSizes } from './tree-sizes.js';
import { tryOpening } from './trial.js';
import { WriteTransactions } from './write-transactions.js';

/** A point in time of the store, for reads; undefined reads what is newest. */
export type Snapshot = ReadTransaction | undefined;

interface EnvironmentOptions {
  readonly patience?: Patience | undefined;
  readonly limits?: Limits;
  /** What a limit that is too low names, where the path is only that of something in the making. */
  readonly madeFor?: string;
  /** The clock by which records expire. */
  readonly now?: (() => Milliseconds) | undefined;
}

/** Bytes that were read, in memory that the next read overwrites. */
export interface Found {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** How many of them there are, whatever the memory is that they are in. */
  readonly length: number;
}

const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;

export class Environment {
  readonly path: string;
  readonly readOnly: boolean;
  readonly main: RootDb;
  readonly writes: WriteTransactions;
  readonly #lockFile: LockFile;
  readonly #databases = new Map<string, Db>();
  readonly #opened: string[] = [];
  readonly #dropped = new Set<string>();
  readonly #guard: PathGuard;
  readonly #sizes: TreeSizes;
  #openFile: StoreFile | undefined;
  readonly #renewal = new Renewal();
  readonly #stateOfReads: StateOfReads;
  #valueBytes = 0;
  #lastRead: Pick<Found, 'bytes' | 'view'> | undefined;
  /** Where the process's addresses are limited. */
  readonly #space: AddressSpace | undefined;
  /** See native-addon.ts. */
  #onlyOpens = false;

  /** Opens what has been looked at before. Throws `io`, `busy`, `full`, `damaged`. */
  constructor(
    path: string,
    readOnly: boolean,
    { patience = {}, limits = processLimits(), madeFor = path, now }: EnvironmentOptions = {},
  ) {
    this.path = path;
    this.readOnly = readOnly;
    checkStack(madeFor, limits);
    this.#space = AddressSpace.of(madeFor, limits, readOnly);
    const options = {
      ...binary,
      noSubdir: false,
      readOnly,
      // With it, lmdb writes a meta page when it closes, without the lock on writing, and so may
      // undo what another process has committed meanwhile (3.5.6, in mdb_env_sync).
      overlappingSync: false,
      maxDbs: BUCKET_LIMIT + 8,
      mapSize: this.#space?.firstMap(sizeOf(this.#file)) ?? STORE_LIMIT_BYTES,
      // Files are made for the owner alone; lmdb's declarations leave this option out.
      permissionsMode: 0o600,
      // See native-addon.ts.
      waitForTurn: () => this.writes.waitForTurn(),
      onlyOpens: () => this.#onlyOpens,
      failed: (code) => this.writes.failures.abandon(code),
    } satisfies AddonOptions & Record<string, unknown>;
    this.#lockFile = new LockFile(join(path, LOCK_FILE));
    this.#stateOfReads = new StateOfReads(this.#lockFile, this.#renewal);
    this.#guard = new PathGuard(path, () => this.file);
    this.#sizes = new TreeSizes(path, () => this.main);
    const freePages = new FreePagesGuard(path, () => this.file);
    this.writes = new WriteTransactions({
      path,
      readOnly,
      lockFile: this.#lockFile,
      patience,
      now,
      databases: this.#databases,
      opened: this.#opened,
      dropped: this.#dropped,
      main: () => this.main,
      begins: () => this.#checkSpace(),
      begun: () => freePages.check(),
      commits: () => {
        for (const name of this.#dropped) this.dropDatabase(name);
        this.#sizes.save((db) => this.isOpen(db));
      },
      ended: () => {
        this.#opened.length = 0;
        this.#dropped.clear();
        this.#sizes.end();
      },
    });
    try {
      checkDescriptors(path, path, limits);
      tryOpening(path, madeFor, options, this.#lockFile);
      this.main = this.#opening(() => openEnvironment(path, options, patience));
      guarded(takingSpans(this.main), this.#guard);
      this.main.seed = seedOf('main');
      this.#lockFile.mend(() => this.lastTransaction);
      this.#renewal.renew(this.main);
    } catch (error) {
      this.#lockFile.close();
      throw lmdbError(`open store "${path}"`, error);
    }
  }

  /** A named database, which is there. A snapshot knows only those opened before it. */
  database(name: string): Db {
    return this.openDatabase(name) ?? this.#begun(this.#open(name, { isThere: true }));
  }

  /** Makes one, within a transaction. */
  createDatabase(name: string): Db {
    const db = this.#open(name, { isThere: false });
    this.#sizes.made(db);
    return db;
  }

  /**
   * A database that has been opened before. In a transaction, what changes one has to ask for it here, or above.
   */
  openDatabase(name: string): Db | undefined {
    const db = this.#databases.get(name);
    return db && this.#begun(db);
  }

  /** How many entries and pages a database has. Throws `damaged` where that is not what was written. */
  sizeOf(db: Db): TreeSize {
    return this.reading(() => this.#sizes.sizeOf(db));
  }

  isOpen(db: Db): boolean {
    return this.#databases.get(db.name) === db;
  }

  /** Makes the reads that follow see the newest state. */
  refresh(): void {
    if (this.inTransaction) return;
    this.#checkSpace();
    this.reading(() => this.#renewal.renew(this.main));
  }

  /**
   * Drops one, within a transaction. Within another it is emptied, and dropped with the outermost: when lmdb
   * drops a database in a transaction that is undone, it forgets what the one around had written to it.
   */
  dropDatabase(name: string): void {
    const db = this.database(name);
    if (this.writes.isNested) {
      db.clearSync();
      this.#dropped.add(name);
      return;
    }
    this.#sizes.dropped(db);
    db.dropSync();
    this.#databases.delete(name);
  }

  /** Looks, in steps, at what emptying or dropping a database goes to, which takes longest of it; yields leaves. */
  lookAtAll({ name }: Db): Generator<number> {
    return this.#guard.lookAtAll(name);
  }

  /** Databases that are dropped when the transaction under way is committed. */
  get dropped(): ReadonlySet<string> {
    return this.#dropped;
  }

  get inTransaction(): boolean {
    return this.writes.inTransaction;
  }

  /** Bytes of values that were to be written so far, in all transactions. */
  get valueBytes(): number {
    return this.#valueBytes;
  }

  /** Called with the number of bytes before they are written. Throws `full` where addresses run out. */
  willWrite(bytes: number): void {
    this.#valueBytes += bytes;
    this.#space?.willWrite(bytes);
  }

  /**
   * The state that the reads since the last `refresh` have seen, kept until `release`. Within a
   * write transaction there is none to keep: reads see the transaction itself.
   */
  keep(): Snapshot {
    if (this.inTransaction) return undefined;
    return this.reading(() => this.main.useReadTransaction() as ReadTransaction);
  }

  /**
   * The state that the transaction under way was begun from, kept until `release`. It can be listed
   * from the file, which what the transaction writes leaves as it was.
   */
  keepBeginning(): Snapshot {
    return this.reading(() =>
      besideWrites(this.main, () => {
        this.#renewal.renew(this.main);
        return this.main.useReadTransaction() as ReadTransaction;
      }),
    );
  }

  release(snapshot: Snapshot): void {
    snapshot?.done();
  }

  /** Ends the reads that lmdb would else go on with up to the next turn of the event loop, and which hold a state. */
  endReads(): void {
    if (!this.inTransaction) this.reading(() => forgetReads(this.main));
  }

  /** A record's bytes, in memory that the next read overwrites; undefined where there is no such key. */
  read(db: Db, key: Buffer | KeySpan, snapshot?: Snapshot): Found | undefined {
    const bytes = this.#within(snapshot, (options) => db.getBinaryFast(key, options));
    if (bytes === undefined) return undefined;
    // lmdb gives mostly the same object, of which it sets the length.
    let last = this.#lastRead;
    if (last?.bytes !== bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      last = { bytes, view };
      this.#lastRead = last;
    }
    return { bytes, view: last.view, length: bytes.length };
  }

  /** A record's bytes, the caller's own. */
  readCopy(db: Db, key: Buffer, snapshot?: Snapshot): Buffer | undefined {
    return this.#within(snapshot, (options) => db.getBinary(key, options));
  }

  /** Keys of a range, as lmdb takes it. */
  readKeys(db: Db, range: RangeOptions, snapshot?: Snapshot): Buffer[] {
    const keys = this.#within(snapshot, (options) => [...db.getKeys({ ...range, ...options })]);
    // Of a page that is damaged lmdb makes something else of a key.
    if (keys.every((key) => ArrayBuffer.isView(key))) return keys;
    const state = `damaged: a key of its "${db.name}" cannot be read`;
    throw new KvError('damaged', `cannot read store "${this.path}": ${state}`);
  }

  /** The descriptor of a database's tree in a snapshot. Throws `damaged` where it is not there. */
  descriptor(db: Db, snapshot: Snapshot): Buffer {
    const descriptor = this.findDescriptor(db, snapshot);
    if (descriptor) return descriptor;
    throw this.#lacks(db.name);
  }

  /** The same; undefined where there was no such database yet. */
  findDescriptor(db: Db, snapshot: Snapshot): Buffer | undefined {
    return this.findTree(db.name, snapshot);
  }

  /** The same, by the name of the database, which need not be open. Throws `damaged` where it has to be there. */
  findTree(name: string, snapshot: Snapshot): Buffer | undefined {
    const descriptor = this.readCopy(this.main, treeKey(name), snapshot);
    if (descriptor?.length === tree.bytes) return descriptor;
    if (this.readCopy(this.main, sizeKey(name), snapshot)) throw this.#lacks(name);
    return undefined;
  }

  /** Whether there is a database, for the transaction under way. */
  hasTree(name: string): boolean {
    return this.read(this.main, treeKey(name)) !== undefined;
  }

  /** The number of the last transaction that is on the disk, whose state reads that begin now see. */
  get committedTransaction(): number {
    return this.#lockFile.lastTransaction ?? this.lastTransaction;
  }

  /** The number of the last transaction, by the data file. */
  get lastTransaction(): number {
    return lastTransactionOf(this.main);
  }

  /** See state-of-reads.ts; undefined also within a write transaction. */
  get stateOfReads(): number | undefined {
    return this.inTransaction ? undefined : this.#stateOfReads.look();
  }

  /** The file, to be read beside LMDB. */
  get file(): StoreFile {
    this.#openFile ??= new StoreFile(this.#file, statsOf(this.main).pageSize);
    return this.#openFile;
  }

  /** Runs reads; what LMDB says of a failure is thrown as a KvError. */
  reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      const failure = lmdbError(`read store "${this.path}"`, error);
      throw isPanic(error) ? (this.writes.failures.last ?? failure) : failure;
    }
  }

  /** Lets the environment go. */
  async close(): Promise<void> {
    const isClosing = !this.writes.failures.isAbandoned;
    if (isClosing) await this.main.close();
    this.#renewal.end();
    this.#openFile?.close();
    // Closing the lock file gives up the locks that LMDB holds on it.
    if (isClosing) this.#lockFile.close();
  }

  #within<T>(snapshot: Snapshot, read: (options?: { transaction: ReadTransaction }) => T): T {
    if (snapshot === undefined) return this.reading(read);
    return this.reading(() => besideWrites(this.main, () => read({ transaction: snapshot })));
  }

  #begun(db: Db): Db {
    if (this.inTransaction) this.reading(() => this.#sizes.begin(db));
    return db;
  }

  #open(name: string, { isThere }: { readonly isThere: boolean }): Db {
    this.reading(() => this.#guard.checkTree(name));
    forgetReads(this.main);
    const options = { ...binary, create: !isThere };
    const open = () => this.main.openDB(name, options as never) as Db | undefined;
    const db = this.reading(() => (isThere ? this.#opening(open) : this.#renewal.during(open)));
    if (db === undefined) throw this.#lacks(name);
    guarded(takingSpans(db), this.#guard);
    db.seed = seedOf(name);
    this.#databases.set(name, db);
    this.#opened.push(name);
    return db;
  }

  /** Opens a database that is there; waits for no writer, unless a transaction is under way. */
  #opening<T>(open: () => T): T {
    this.#onlyOpens = !this.writes.isUnderWay;
    try {
      return this.#renewal.during(open);
    } finally {
      this.#onlyOpens = false;
    }
  }

  #lacks(name: string): KvError {
    return new KvError('damaged', `store "${this.path}" lacks its "${name}"`);
  }

  get #file(): string {
    return join(this.path, DATA_FILE);
  }

  #checkSpace(): void {
    if (this.#space === undefined) return;
    const { lastPageNumber } = this.main.env.info();
    this.#space.begin((lastPageNumber + 1) * statsOf(this.main).pageSize);
  }
}

/** Bytes of a file; none where it is not there yet. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
