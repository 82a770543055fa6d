/** Reads of an environment: the states of the store that are kept for them, and records' bytes and keys. */
import type { RangeOptions } from 'lmdb';
import { KvError } from '../../errors.js';
import type { Db, KeySpan, ReadTransaction, RootDb } from './database.js';
import { isPanic, lmdbError } from './lmdb-error.js';
import { besideWrites, forgetReads, Renewal } from './lmdb-internals.js';

/** A point in time of the store, for reads; undefined reads what is newest. */
export type Snapshot = ReadTransaction | undefined;

/** Bytes that were read, in memory that the next read overwrites. */
export interface Found {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** How many of them there are, whatever the memory is that they are in. */
  readonly length: number;
}

/** What is needed of the environment. */
interface ReadFrom {
  readonly path: string;
  /** There before the first read. */
  main(): RootDb;
  inTransaction(): boolean;
  /** Why LMDB panics, where a write has failed. */
  lastFailure(): KvError | undefined;
}

export class Reads {
  readonly renewal = new Renewal();
  readonly #from: ReadFrom;
  #last: Pick<Found, 'bytes' | 'view'> | undefined;

  constructor(from: ReadFrom) {
    this.#from = from;
  }

  /** Makes the reads that follow see the newest state. */
  renew(): void {
    this.run(() => this.renewal.renew(this.#main));
  }

  /**
   * The state that the reads since the last `renew` have seen, kept until `release`. Within a
   * write transaction there is none to keep: reads see the transaction itself.
   */
  keep(): Snapshot {
    if (this.#from.inTransaction()) return undefined;
    return this.run(() => this.#main.useReadTransaction() as ReadTransaction);
  }

  /**
   * The state that the transaction under way was begun from, kept until `release`. It can be listed
   * from the file, which what the transaction writes leaves as it was.
   */
  keepBeginning(): Snapshot {
    return this.run(() =>
      besideWrites(this.#main, () => {
        this.renewal.renew(this.#main);
        return this.#main.useReadTransaction() as ReadTransaction;
      }),
    );
  }

  release(snapshot: Snapshot): void {
    snapshot?.done();
  }

  /** Ends the reads that lmdb would else go on with up to the next turn of the event loop, and which hold a state. */
  end(): void {
    if (!this.#from.inTransaction()) this.run(() => forgetReads(this.#main));
  }

  /** A record's bytes, in memory that the next read overwrites; undefined where there is no such key. */
  get(db: Db, key: Buffer | KeySpan, snapshot?: Snapshot): Found | undefined {
    const bytes = this.#within(snapshot, (options) => db.getBinaryFast(key, options));
    if (bytes === undefined) return undefined;
    // lmdb gives mostly the same object, of which it sets the length.
    let last = this.#last;
    if (last?.bytes !== bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      last = { bytes, view };
      this.#last = last;
    }
    return { bytes, view: last.view, length: bytes.length };
  }

  /** A record's bytes, the caller's own; undefined where there is no such key. */
  getCopy(db: Db, key: Buffer, snapshot?: Snapshot): Buffer | undefined {
    return this.#within(snapshot, (options) => db.getBinary(key, options));
  }

  /** Keys of a range, as lmdb takes it. Throws `damaged`. */
  getKeys(db: Db, range: RangeOptions, snapshot?: Snapshot): Buffer[] {
    const keys = this.#within(snapshot, (options) => [...db.getKeys({ ...range, ...options })]);
    // Of a page that is damaged lmdb makes something else of a key.
    if (keys.every((key) => ArrayBuffer.isView(key))) return keys;
    const state = `damaged: a key of its "${db.name}" cannot be read`;
    throw new KvError('damaged', `cannot read store "${this.#from.path}": ${state}`);
  }

  /** Runs reads; what LMDB says of a failure is thrown as a KvError. */
  run<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      const failure = lmdbError(`read store "${this.#from.path}"`, error);
      throw isPanic(error) ? (this.#from.lastFailure() ?? failure) : failure;
    }
  }

  #within<T>(snapshot: Snapshot, read: (options?: { transaction: ReadTransaction }) => T): T {
    if (snapshot === undefined) return this.run(read);
    return this.run(() => besideWrites(this.#main, () => read({ transaction: snapshot })));
  }

  get #main(): RootDb {
    return this.#from.main();
  }
}
