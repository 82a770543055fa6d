/**
 * The write transactions of an environment: what comes before and after each, and the numbers that
 * they give.
 */
import { join } from 'node:path';
import { ABORT } from 'lmdb';
import { ioError, KvError } from '../../errors.js';
import { NestedTransactions } from '../nested-transactions.js';
import type { Patience } from '../patience.js';
import { type Db, type RootDb, statsOf } from './database.js';
import { hasPlenty, makeRoom, whyCutShort } from './disk-room.js';
import { DATA_FILE } from './layout.js';
import { isIoError, lmdbError } from './lmdb-error.js';
import { commitErrorOf, isBegunFromNewest, lastTransactionOf } from './lmdb-internals.js';
import type { LockFile } from './lock-file.js';
import { Sequence } from './sequence.js';
import { WriteTurn } from './write-turn.js';

/** What is needed of the environment. */
export interface Written {
  readonly path: string;
  readonly readOnly: boolean;
  readonly lockFile: LockFile;
  readonly patience: Patience;
  /** The databases that are open. */
  readonly databases: Map<string, Db>;
  /** There from the first transaction on. */
  main(): RootDb;
  /** Called before a transaction begins that is not nested. */
  begins(): void;
}

export class WriteTransactions extends NestedTransactions<ReadonlySet<string>> {
  readonly #written: Written;
  readonly #turn: WriteTurn;
  /** Transactions of this process that other threads of it are waiting for, or in. */
  #inBackground = 0;
  #givenNumbers: Sequence | undefined;

  constructor(written: Written) {
    super();
    this.#written = written;
    this.#turn = new WriteTurn(written.path, written.lockFile, written.patience);
  }

  /**
   * `transaction`, while other work goes on: `work` begins some time later, or at once within another.
   */
  async transactionInBackground<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.#checkWritable();
    if (this.inTransaction) return this.asyncTransaction(work, signal);
    // Where a commit in the background fails, lmdb says so on stderr itself.
    if (!hasPlenty(this.#file)) return this.asyncTransaction(work, signal);
    await this.writersDone(signal);
    this.#inBackground++;
    try {
      // A child, since lmdb commits what a plain one has written before it throws.
      for (;;) {
        const result = await this.#main.childTransaction(async () => {
          const before = this.enter();
          try {
            return this.#isReady() ? this.#saved(await work()) : ABORT;
          } catch (error) {
            throw this.rolledBack(before, error);
          } finally {
            this.leave();
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
    await this.#turn.wait(signal);
  }

  /** Waits for other processes that write; lmdb calls it before it takes the lock. */
  waitForTurn(): void {
    // Nobody waits for a thread of the own process, which may be waiting for this one.
    if (this.#inBackground === 0) this.#turn.waitSync();
  }

  /** The next number of the store, for a version or an id; within a transaction only. */
  nextNumber(): number {
    return this.#sequence.next();
  }

  protected begin(): ReadonlySet<string> {
    this.#checkWritable();
    if (!this.inTransaction) this.#written.begins();
    return new Set(this.#written.databases.keys());
  }

  protected run<T>(work: () => T): T {
    for (;;) {
      const result = this.#main.transactionSync(() =>
        this.#isReady() ? this.#saved(work()) : ABORT,
      );
      if (result !== ABORT) return result as T;
    }
  }

  protected async runAsync<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      const result = await this.#main.transactionSync(async () =>
        this.#isReady() ? this.#saved(await work()) : ABORT,
      );
      if (result !== ABORT) return result as T;
    }
  }

  /** Forgets the databases that were opened in a transaction, which go with it. */
  protected rolledBack(before: ReadonlySet<string>, error: unknown): unknown {
    for (const name of this.#written.databases.keys()) {
      if (!before.has(name)) this.#written.databases.delete(name);
    }
    return this.#writeError(error);
  }

  protected ended(): void {
    this.#sequence.end();
  }

  #checkWritable(): void {
    if (!this.#written.readOnly) return;
    throw new KvError(
      'read-only',
      `cannot write to store "${this.#written.path}": it is open read-only`,
    );
  }

  #writeError(thrown: unknown): unknown {
    const action = `write to store "${this.#written.path}"`;
    const error = lmdbError(action, thrown);
    if (!isIoError(error)) return error;
    const reason = whyCutShort(this.#file);
    return reason === undefined ? error : ioError(action, reason);
  }

  /**
   * Makes room on the disk for the outermost transaction. False where it was begun from an old state,
   * which is mended by the next time.
   */
  #isReady(): boolean {
    if (!this.isOutermost) return true;
    if (!isBegunFromNewest(this.#main)) {
      this.#written.lockFile.mend(() => lastTransactionOf(this.#main));
      return false;
    }
    makeRoom(this.#file, () => {
      const { lastPageNumber, pageSize } = statsOf(this.#main);
      return (lastPageNumber + 1) * pageSize;
    });
    return true;
  }

  /** Saves the numbers that were given, before the commit. */
  #saved<T>(result: T): T {
    if (this.isOutermost) this.#sequence.save();
    return result;
  }

  get #main(): RootDb {
    return this.#written.main();
  }

  get #sequence(): Sequence {
    this.#givenNumbers ??= new Sequence(this.#main);
    return this.#givenNumbers;
  }

  get #file(): string {
    return join(this.#written.path, DATA_FILE);
  }
}
