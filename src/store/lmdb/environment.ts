/** An open LMDB environment: its databases, snapshots and reads; for writes, see write-transactions.ts. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { KvError } from '../../errors.js';
import type { Patience } from '../patience.js';
import { type Db, type ReadTransaction, type RootDb, statsOf } from './database.js';
import { tree } from './file/page.js';
import { StoreFile } from './file/store-file.js';
import { BUCKET_LIMIT, DATA_FILE, LOCK_FILE, STORE_LIMIT_BYTES } from './layout.js';
import { lmdbError } from './lmdb-error.js';
import { besideWrites, forgetReads, lastTransactionOf, Renewal } from './lmdb-internals.js';
import { LockFile } from './lock-file.js';
import { openEnvironment } from './open-environment.js';
import { AddressSpace, checkDescriptors, checkStack, processLimits } from './process-limits.js';
import { WriteTransactions } from './write-transactions.js';

/** A point in time of the store, for reads; undefined reads what is newest. */
export type Snapshot = ReadTransaction | undefined;

const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;

export class Environment {
  readonly path: string;
  readonly readOnly: boolean;
  readonly main: RootDb;
  readonly writes: WriteTransactions;
  readonly #lockFile: LockFile;
  readonly #databases = new Map<string, Db>();
  #openFile: StoreFile | undefined;
  readonly #renewal = new Renewal();
  /** Where the process's addresses are limited. */
  readonly #space: AddressSpace | undefined;
  /** Bytes of records that the transaction has written, where they are counted. */
  #written = 0;

  /** Opens what has been looked at before. Throws `io`, `busy`, `full`, `damaged`. */
  constructor(path: string, readOnly: boolean, patience: Patience = {}) {
    this.path = path;
    this.readOnly = readOnly;
    const limits = processLimits();
    checkStack(path, limits);
    this.#space = AddressSpace.of(path, limits, readOnly);
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
    };
    this.#lockFile = new LockFile(join(path, LOCK_FILE));
    this.writes = new WriteTransactions({
      path,
      readOnly,
      lockFile: this.#lockFile,
      patience,
      databases: this.#databases,
      main: () => this.main,
      begins: () => this.#checkSpace(),
    });
    try {
      checkDescriptors(path, path, limits);
      this.main = this.#renewal.during(() => openEnvironment(path, options, patience));
      this.#lockFile.mend(() => this.lastTransaction);
      this.#renewal.renew(this.main);
    } catch (error) {
      this.#lockFile.close();
      throw lmdbError(`open store "${path}"`, error);
    }
  }

  /** A named database, which is there. A snapshot knows only those opened before it. */
  database(name: string): Db {
    return this.#databases.get(name) ?? this.#open(name, { ...binary, create: false });
  }

  createDatabase(name: string): Db {
    return this.#open(name, binary);
  }

  /** A database that has been opened before. */
  openDatabase(name: string): Db | undefined {
    return this.#databases.get(name);
  }

  isOpen(db: Db): boolean {
    for (const open of this.#databases.values()) if (open === db) return true;
    return false;
  }

  /** Makes the reads that follow see the newest state. */
  refresh(): void {
    if (this.inTransaction) return;
    this.#checkSpace();
    this.reading(() => this.#renewal.renew(this.main));
  }

  dropDatabase(name: string): void {
    this.database(name).dropSync();
    this.#databases.delete(name);
  }

  get inTransaction(): boolean {
    return this.writes.inTransaction;
  }

  /** Called with the number of bytes before they are written. Throws `full` where there are no addresses for them. */
  willWrite(bytes: number): void {
    if (this.#space === undefined) return;
    this.#written += bytes;
    this.#space.checkWritten(this.#written);
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

  /**
   * A record's bytes in a buffer that the next read overwrites, and their length; undefined where
   * there is no such key.
   */
  read(db: Db, key: Buffer, snapshot?: Snapshot): { bytes: Buffer; length: number } | undefined {
    return this.#within(snapshot, (options) => {
      const bytes = db.getBinaryFast(key, options);
      return bytes && { bytes, length: bytes.length };
    });
  }

  /** A record's bytes, the caller's own. */
  readCopy(db: Db, key: Buffer, snapshot?: Snapshot): Buffer | undefined {
    return this.#within(snapshot, (options) => db.getBinary(key, options));
  }

  /** The descriptor of a database's tree in a snapshot. */
  descriptor(db: Db, snapshot: Snapshot): Buffer {
    const descriptor = this.readCopy(this.main, Buffer.from(`${db.name}\0`), snapshot);
    if (descriptor?.length === tree.bytes) return descriptor;
    throw new KvError('damaged', `store "${this.path}" lacks its "${db.name}"`);
  }

  /** The number of the last transaction, by the data file. */
  get lastTransaction(): number {
    return lastTransactionOf(this.main);
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
      throw lmdbError(`read store "${this.path}"`, error);
    }
  }

  /** Lets the environment go. */
  async close(): Promise<void> {
    await this.main.close();
    this.#renewal.end();
    this.#openFile?.close();
    this.#lockFile.close();
  }

  #within<T>(snapshot: Snapshot, read: (options?: { transaction: ReadTransaction }) => T): T {
    if (snapshot === undefined) return this.reading(read);
    return this.reading(() => besideWrites(this.main, () => read({ transaction: snapshot })));
  }

  #open(name: string, options: object): Db {
    forgetReads(this.main);
    const db = this.reading(() =>
      this.#renewal.during(() => this.main.openDB(name, options as never) as Db | undefined),
    );
    if (db === undefined) throw new KvError('damaged', `store "${this.path}" lacks its "${name}"`);
    this.#databases.set(name, db);
    return db;
  }

  get #file(): string {
    return join(this.path, DATA_FILE);
  }

  #checkSpace(): void {
    if (this.#space === undefined) return;
    this.#written = 0;
    const { lastPageNumber } = this.main.env.info();
    this.#space.check((lastPageNumber + 1) * statsOf(this.main).pageSize);
  }
}

/** Bytes of a file; none where it is not there yet. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
