/** An open LMDB environment: its databases, transactions, snapshots and the sequence of numbers. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ABORT } from 'lmdb';
import { ioError, KvError } from '../../errors.js';
import type { Patience } from '../patience.js';
import { type Db, type ReadTransaction, type RootDb, statsOf } from './database.js';
import { hasPlenty, makeRoom, whyCutShort } from './disk-room.js';
import { tree } from './file/page.js';
import { StoreFile } from './file/store-file.js';
import { BUCKET_LIMIT, DATA_FILE, LOCK_FILE, STORE_LIMIT_BYTES } from './layout.js';
import { isIoError, lmdbError } from './lmdb-error.js';
import {
  commitErrorOf,
  forgetReads,
  isBegunFromNewest,
  lastTransactionOf,
  Renewal,
  readIn,
} from './lmdb-internals.js';
import { LockFile } from './lock-file.js';
import { openEnvironment } from './open-environment.js';
import { AddressSpace, checkDescriptors, processLimits } from './process-limits.js';
import { Sequence } from './sequence.js';
import { WriteTurn } from './write-turn.js';

/** A point in time of the store, for reads; undefined reads what is newest. */
export type Snapshot = ReadTransaction | undefined;

const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;

export class Environment {
  readonly path: string;
  readonly readOnly: boolean;
  readonly main: RootDb;
  readonly #lockFile: LockFile;
  readonly #turn: WriteTurn;
  /** Transactions of this process that other threads of it are waiting for, or in. */
  #inBackground = 0;
  readonly #databases = new Map<string, Db>();
  #openFile: StoreFile | undefined;
  readonly #sequence: Sequence;
  readonly #renewal: Renewal;
  /** Where the process's addresses are limited. */
  readonly #space: AddressSpace | undefined;
  /** Bytes of records that the transaction has written, where they are counted. */
  #written = 0;
  #depth = 0;
  /** Whether a transaction within the one under way is no more than a call. */
  #isFlat = false;

  /** Opens what has been looked at before. Throws `io`, `busy`, `full`, `damaged`. */
  constructor(path: string, readOnly: boolean, patience: Patience = {}) {
    this.path = path;
    this.readOnly = readOnly;
    const limits = processLimits();
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
      turn: () => {
        // Nobody waits for a thread of the own process, which may be waiting for this one.
        if (this.#inBackground === 0) this.#turn.take();
      },
    };
    this.#lockFile = new LockFile(join(path, LOCK_FILE));
    this.#turn = new WriteTurn(path, this.#lockFile, patience);
    try {
      checkDescriptors(path, path, limits);
      this.main = openEnvironment(path, options, patience);
      this.#sequence = new Sequence(this.main);
      this.#renewal = new Renewal(this.main);
      this.#lockFile.mend(() => this.lastTransaction);
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
    this.reading(() => this.#renewal.renew());
  }

  dropDatabase(name: string): void {
    this.database(name).dropSync();
    this.#databases.delete(name);
  }

  get inTransaction(): boolean {
    return this.#depth > 0;
  }

  /** See `Store.transaction`. */
  transaction<T>(work: () => T): T {
    if (this.#isFlat) return work();
    const before = this.#begin();
    try {
      for (;;) {
        const result = this.main.transactionSync(() => {
          if (!this.#isCurrent()) return ABORT;
          this.#makeRoom();
          const result = work();
          this.#saveSequence();
          return result;
        });
        if (result !== ABORT) return result as T;
      }
    } catch (error) {
      throw this.#rolledBack(before, error);
    } finally {
      this.#end();
    }
  }

  /** See `Store.transactionAcross`. */
  async transactionAcross<T>(work: () => Promise<T>): Promise<T> {
    if (this.inTransaction) return work();
    await this.writersDone();
    const before = this.#begin();
    try {
      for (;;) {
        const result = await this.main.transactionSync(async () => {
          if (!this.#isCurrent()) return ABORT;
          this.#makeRoom();
          const result = await work();
          this.#saveSequence();
          return result;
        });
        if (result !== ABORT) return result as T;
      }
    } catch (error) {
      throw this.#rolledBack(before, error);
    } finally {
      this.#end();
    }
  }

  /** See `Store.group`. */
  async group<T>(work: () => Promise<T>): Promise<T> {
    return this.transactionAcross(async () => {
      const isFlat = this.#isFlat;
      this.#isFlat = true;
      try {
        return await work();
      } finally {
        this.#isFlat = isFlat;
      }
    });
  }

  /** See `Store.transactionInBackground`. */
  async transactionInBackground<T>(work: () => T): Promise<T> {
    this.#checkWritable();
    if (this.inTransaction) return this.transaction(work);
    // Where a commit in the background fails, lmdb says so on stderr itself.
    if (!hasPlenty(this.#file)) return this.transaction(work);
    await this.writersDone();
    this.#inBackground++;
    try {
      // A child, since lmdb commits what a plain one has written before it throws.
      for (;;) {
        const result = await this.main.childTransaction(() => {
          const before = this.#begin();
          try {
            if (!this.#isCurrent()) return ABORT;
            this.#makeRoom();
            const result = work();
            this.#saveSequence();
            return result;
          } catch (error) {
            throw this.#rolledBack(before, error);
          } finally {
            this.#end();
          }
        });
        if (result !== ABORT) return result as T;
      }
    } catch (error) {
      throw this.#writeError(await commitErrorOf(error));
    } finally {
      this.#inBackground--;
    }
  }

  /** See `Store.writersDone`. */
  async writersDone(signal?: AbortSignal): Promise<void> {
    this.#checkWritable();
    if (this.inTransaction || this.#inBackground > 0) return;
    await this.#turn.takeInTime(signal);
  }

  /** To be told of bytes before they are written. Throws `full` where there are no addresses for them. */
  willWrite(bytes: number): void {
    if (this.#space === undefined) return;
    this.#written += bytes;
    this.#space.checkWritten(this.#written);
  }

  /** The next number of the store, for a version or an id; within a transaction only. */
  nextNumber(): number {
    return this.#sequence.next();
  }

  /**
   * The state that the reads since the last `refresh` have seen, kept until `release`. Within a
   * write transaction there is none to keep: reads see the transaction itself.
   */
  keep(): Snapshot {
    if (this.inTransaction) return undefined;
    return this.reading(() => this.main.useReadTransaction() as ReadTransaction);
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
    this.#openFile?.close();
    this.#lockFile.close();
  }

  #within<T>(snapshot: Snapshot, read: (options?: { transaction: ReadTransaction }) => T): T {
    if (snapshot === undefined) return this.reading(read);
    return this.reading(() => readIn(this.main, snapshot, read));
  }

  #open(name: string, options: object): Db {
    forgetReads(this.main);
    const db = this.reading(() => this.main.openDB(name, options as never) as Db | undefined);
    if (db === undefined) throw new KvError('damaged', `store "${this.path}" lacks its "${name}"`);
    this.#databases.set(name, db);
    return db;
  }

  #checkWritable(): void {
    if (!this.readOnly) return;
    throw new KvError('read-only', `cannot write to store "${this.path}": it is open read-only`);
  }

  /** Enters a transaction; returns the names of the databases that are open before it. */
  #begin(): Set<string> {
    this.#checkWritable();
    if (this.#depth === 0) this.#checkSpace();
    this.#depth++;
    return new Set(this.#databases.keys());
  }

  #end(): void {
    this.#depth--;
    if (this.#depth === 0) this.#sequence.end();
  }

  /** Forgets the databases that were opened in a transaction, which go with it. */
  #rolledBack(before: Set<string>, error: unknown): unknown {
    for (const name of this.#databases.keys()) {
      if (!before.has(name)) this.#databases.delete(name);
    }
    return this.#writeError(error);
  }

  #writeError(thrown: unknown): unknown {
    const action = `write to store "${this.path}"`;
    const error = lmdbError(action, thrown);
    if (!isIoError(error)) return error;
    const reason = whyCutShort(this.#file);
    return reason === undefined ? error : ioError(action, reason);
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

  /** False where a transaction was begun from an old state; by the next time that is mended. */
  #isCurrent(): boolean {
    if (this.#depth > 1 || isBegunFromNewest(this.main)) return true;
    this.#lockFile.mend(() => this.lastTransaction);
    return false;
  }

  #makeRoom(): void {
    if (this.#depth > 1) return;
    makeRoom(this.#file, () => {
      const { lastPageNumber, pageSize } = statsOf(this.main);
      return (lastPageNumber + 1) * pageSize;
    });
  }

  #saveSequence(): void {
    if (this.#depth === 1) this.#sequence.save();
  }
}

/** Bytes of a file; none where it is not there yet. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
