/** The write transactions of an environment, and the numbers that they issue. */
import { join } from 'node:path';
import { ABORT } from 'lmdb';
import { KvError } from '../../errors.js';
import { NestedTransactions } from '../nested-transactions.js';
import type { Patience } from '../patience.js';
import type { Milliseconds } from '../record.js';
import { type RootDb, statsOf } from './database.js';
import type { Databases, Mark } from './databases.js';
import { hasPlenty, makeRoom } from './disk-room.js';
import { DATA_FILE } from './layout.js';
import {
  isBegunFromNewest,
  lastTransactionOf,
  type OpenTransaction,
  openTransaction,
  transactionUnderWay,
} from './lmdb-internals.js';
import type { LockFile } from './lock-file.js';
import { checkLock } from './lost-lock.js';
import { Sequence } from './sequence.js';
import { WorkUnderWay } from './work-under-way.js';
import { WriteFailures } from './write-failures.js';
import { WriteTurn } from './write-turn.js';

/** What they need of the environment. */
export interface Written {
  readonly path: string;
  readonly readOnly: boolean;
  readonly lockFile: LockFile;
  readonly patience: Patience;
  /** The clock for expiry. */
  readonly now: (() => Milliseconds) | undefined;
  readonly databases: Databases;
  /** Available from the first transaction on. */
  main(): RootDb;
  /** Called before a transaction begins that is not nested. */
  begins(): void;
  /** Called when one has begun, with the lock. */
  begun(): void;
  /** See `Extent`; with the lock. */
  freeBytes(enough: number): number;
}

/** A transaction that lasts until a call. */
export interface Lasting extends OpenTransaction {
  readonly before: Mark;
}

export class WriteTransactions extends NestedTransactions<Mark> {
  readonly #written: Written;
  readonly turn: WriteTurn;
  readonly #file: string;
  readonly failures: WriteFailures;
  /** Transactions of this process that other threads of it run or wait for. */
  #inBackground = 0;
  #givenNumbers: Sequence | undefined;
  /** Pieces of work under way that give room back. */
  readonly #deleting = new WorkUnderWay();

  constructor(written: Written) {
    super(written.now);
    this.#written = written;
    const { path } = written;
    this.#file = join(path, DATA_FILE);
    this.failures = new WriteFailures(path, this.#file, () => lastTransactionOf(this.#main));
    this.turn = new WriteTurn(path, written.lockFile, written.patience);
  }

  /** Runs work whose transactions give room back: on a full disk some is kept for them. */
  deleting<T>(work: () => T): T {
    return this.#deleting.run(work);
  }

  /** `transaction` without blocking: `work` begins later, or at once within another transaction. */
  async transactionInBackground<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.#checkWritable();
    if (this.inTransaction) return this.transaction(work, signal);
    // After a failure in the background this process writes no more.
    if (!hasPlenty(this.#file)) return this.transaction(work, signal);
    await this.writersDone(signal);
    this.#inBackground++;
    try {
      // A child, because lmdb commits what a plain one has written before it throws.
      for (;;) {
        const result = await this.failures.unlessAbandoned(
          this.#main.childTransaction(async () => {
            const before = this.enter();
            try {
              return this.#isReady() ? this.#saved(await work()) : ABORT;
            } catch (error) {
              throw this.rolledBack(before, error);
            } finally {
              this.leave();
            }
          }),
        );
        if (result !== ABORT) return result as T;
      }
    } catch (error) {
      throw this.failures.errorOf(error);
    } finally {
      this.#inBackground--;
    }
  }

  /** Begins one that ends by a call; not within another. Throws `busy`, `full`, `io`. */
  open(): Lasting {
    const before = this.enter();
    try {
      let open: OpenTransaction | undefined;
      while (open === undefined) open = openTransaction(this.#main, () => this.#isReady());
      return { ...open, before };
    } catch (error) {
      throw this.#endLasting(before, error);
    }
  }

  /** Throws if nothing has been stored, or that is unknown. It has ended in any case. */
  commit({ commit, abort, before }: Lasting, last: () => void): void {
    let isWhole = false;
    try {
      last();
      this.#saved(undefined);
      isWhole = true;
      commit();
    } catch (error) {
      if (!isWhole) abort();
      throw this.#endLasting(before, error);
    }
    this.leave();
  }

  /** Rolls it back. */
  abort({ abort, before }: Lasting): void {
    abort();
    this.#endLasting(before, undefined);
  }

  #endLasting(before: Mark, error: unknown): unknown {
    const failure = this.rolledBack(before, error);
    this.leave();
    return failure;
  }

  /** Whether a transaction of this process has begun, or is about to. */
  get isUnderWay(): boolean {
    return this.inTransaction || this.#inBackground > 0;
  }

  /** Whether another process is writing. */
  get othersWrite(): boolean {
    return !this.isUnderWay && this.#written.lockFile.writer() !== 0;
  }

  /** See `Store.writersDone`. */
  async writersDone(signal?: AbortSignal): Promise<void> {
    this.#checkWritable();
    if (this.isUnderWay) return;
    await this.turn.wait(signal);
  }

  /** Waits for other processes that write; lmdb calls it before it takes the lock. */
  waitForTurn(): void {
    // It does not wait for a thread of this process, which may be waiting for this one.
    if (this.#inBackground === 0) this.turn.waitSync();
  }

  /** The next number of the store, for a version or an id; within a transaction only. */
  nextNumber(): number {
    return this.#sequence.next();
  }

  protected begin(): Mark {
    this.#checkWritable();
    if (!this.inTransaction) this.#written.begins();
    return this.#written.databases.mark();
  }

  protected run<T>(work: () => T): T {
    return this.#whenReady(() => this.#saved(work()));
  }

  protected async runAsync<T>(work: () => Promise<T>): Promise<T> {
    return this.#whenReady(async () => this.#saved(await work()));
  }

  #whenReady<T>(work: () => T): T {
    for (;;) {
      const result = this.#main.transactionSync(() => (this.#isReady() ? work() : ABORT));
      if (result !== ABORT) return result as T;
    }
  }

  protected rolledBack(before: Mark, error: unknown): unknown {
    this.#written.databases.rollBack(before);
    return this.failures.errorOf(error, this.#deleting.isAny);
  }

  protected ended(): void {
    this.#sequence.end();
    this.#written.databases.ended();
  }

  #checkWritable(): void {
    const { path, readOnly } = this.#written;
    if (readOnly) {
      throw new KvError('read-only', `cannot write to store "${path}": it is open read-only`);
    }
    this.failures.check();
  }

  /** Makes room for the outermost transaction. False if it began from an old state: try again. */
  #isReady(): boolean {
    if (!this.isOutermost) return true;
    this.failures.committing(0);
    checkLock(this.#written.path, this.#written.lockFile);
    if (!isBegunFromNewest(this.#main)) {
      this.#written.lockFile.mend(() => lastTransactionOf(this.#main));
      return false;
    }
    this.#written.begun();
    const end = () => {
      const { lastPageNumber, pageSize } = statsOf(this.#main);
      return (lastPageNumber + 1) * pageSize;
    };
    makeRoom(this.#file, { end, freeBytes: this.#written.freeBytes }, this.#deleting.isAny);
    return true;
  }

  /** Saves the last number issued, before the commit. */
  #saved<T>(result: T): T {
    if (this.isOutermost) {
      this.#sequence.save();
      this.#written.databases.commits();
      checkLock(this.#written.path, this.#written.lockFile);
      this.failures.committing(transactionUnderWay(this.#main));
    }
    return result;
  }

  get #main(): RootDb {
    return this.#written.main();
  }

  get #sequence(): Sequence {
    this.#givenNumbers ??= new Sequence(this.#main);
    return this.#givenNumbers;
  }
}
