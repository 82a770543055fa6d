/** Reads of an environment: the snapshots kept for them, and records' bytes and keys. */
import type { RangeOptions } from 'lmdb';
import { KvError } from '../../errors.js';
import type { Db, KeySpan, ReadTransaction, RootDb } from './database.js';
import { isPanic, lmdbError } from './lmdb-error.js';
import { besideWrites, forgetReads, Renewal } from './lmdb-internals.js';

/** A snapshot of the store, for reads; undefined reads the newest state. */
export type Snapshot = ReadTransaction | undefined;

/** Bytes that were read, in memory that the next read overwrites. */
export interface Found {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** The number of bytes, however large the memory is. */
  readonly length: number;
}

/** What it needs of the environment. */
interface ReadFrom {
  readonly path: string;
  /** Available before the first read. */
  main(): RootDb;
  inTransaction(): boolean;
  /** Why LMDB panics, after a write that failed. */
  lastFailure(): KvError | undefined;
}

export class Reads {
  readonly renewal = new Renewal();
  readonly #from: ReadFrom;
  #last: Pick<Found, 'bytes' | 'view'> | undefined;

  constructor(from: ReadFrom) {
    this.#from = from;
  }

  /** Lets following reads see the newest state. */
  renew(): void {
    this.run(() => this.renewal.renew(this.#main));
  }

  /**
   * The snapshot of the reads since the last `renew`, kept until `release`. Within a write
   * transaction there is none: reads see the transaction itself.
   */
  keep(): Snapshot {
    if (this.#from.inTransaction()) return undefined;
    return this.run(() => this.#main.useReadTransaction() as ReadTransaction);
  }

  /**
   * The snapshot from which the transaction under way began, kept until `release`. It can be listed
   * from the file, where the transaction's writes do not change it.
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

  /**
   * Ends lmdb's reads, which would otherwise keep a snapshot until the next turn of the event loop.
   */
  end(): void {
    if (!this.#from.inTransaction()) this.run(() => forgetReads(this.#main));
  }

  /** A record's bytes, in memory that the next read overwrites; undefined for a missing key. */
  get(db: Db, key: Buffer | KeySpan, snapshot?: Snapshot): Found | undefined {
    const bytes = this.#within(snapshot, (options) => db.getBinaryFast(key, options));
    if (bytes === undefined) return undefined;
    // lmdb usually returns the same object with another length.
    let last = this.#last;
    if (last?.bytes !== bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      last = { bytes, view };
      this.#last = last;
    }
    return { bytes, view: last.view, length: bytes.length };
  }

  /** A copy of a record's bytes; undefined for a missing key. */
  getCopy(db: Db, key: Buffer, snapshot?: Snapshot): Buffer | undefined {
    return this.#within(snapshot, (options) => db.getBinary(key, options));
  }

  /** Keys of a range, in lmdb's form. Throws `damaged`. */
  getKeys(db: Db, range: RangeOptions, snapshot?: Snapshot): Buffer[] {
    const keys = this.#within(snapshot, (options) => [...db.getKeys({ ...range, ...options })]);
    // From a damaged page lmdb makes keys of other types.
    if (keys.every((key) => ArrayBuffer.isView(key))) return keys;
    const state = `damaged: a key of its "${db.name}" cannot be read`;
    throw new KvError('damaged', `cannot read store "${this.#from.path}": ${state}`);
  }

  /** Runs reads; LMDB's errors are thrown as KvErrors. */
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
