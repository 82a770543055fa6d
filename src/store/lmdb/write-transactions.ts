/**
 * The write transactions of an environment: their nesting, what comes before and after each, and the
 * numbers that they give.
 */
import { join } from 'node:path';
import { ABORT } from 'lmdb';
import { ioError, KvError } from '../../errors.js';
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

export class WriteTransactions {
  readonly #written: Written;
  readonly #turn: WriteTurn;
  /** Transactions of this process that other threads of it are waiting for, or in. */
  #inBackground = 0;
  #givenNumbers: Sequence | undefined;
  #depth = 0;
  /** Whether a transaction within the one under way is no more than a call. */
  #isFlat = false;

  constructor(written: Written) {
    this.#written = written;
    this.#turn = new WriteTurn(written.path, written.lockFile, written.patience);
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
        const result = this.#main.transactionSync(() => {
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

  /** See `Store.asyncTransaction`. */
  async asyncTransaction<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#isFlat) return work();
    await this.writersDone(signal);
    const before = this.#begin();
    try {
      for (;;) {
        const result = await this.#main.transactionSync(async () => {
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
    return this.inTransaction ? this.#asOne(work) : this.asyncTransaction(() => this.#asOne(work));
  }

  /** The same, while other work goes on: `work` runs some time later, or at once within another. */
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
        const result = await this.#main.childTransaction(() => {
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

  async #asOne<T>(work: () => Promise<T>): Promise<T> {
    const isFlat = this.#isFlat;
    this.#isFlat = true;
    try {
      return await work();
    } finally {
      this.#isFlat = isFlat;
    }
  }

  #checkWritable(): void {
    if (!this.#written.readOnly) return;
    throw new KvError(
      'read-only',
      `cannot write to store "${this.#written.path}": it is open read-only`,
    );
  }

  /** Enters a transaction; returns the names of the databases that are open before it. */
  #begin(): Set<string> {
    this.#checkWritable();
    if (this.#depth === 0) this.#written.begins();
    this.#depth++;
    return new Set(this.#written.databases.keys());
  }

  #end(): void {
    this.#depth--;
    if (this.#depth === 0) this.#sequence.end();
  }

  /** Forgets the databases that were opened in a transaction, which go with it. */
  #rolledBack(before: Set<string>, error: unknown): unknown {
    for (const name of this.#written.databases.keys()) {
      if (!before.has(name)) this.#written.databases.delete(name);
    }
    return this.#writeError(error);
  }

  #writeError(thrown: unknown): unknown {
    const action = `write to store "${this.#written.path}"`;
    const error = lmdbError(action, thrown);
    if (!isIoError(error)) return error;
    const reason = whyCutShort(this.#file);
    return reason === undefined ? error : ioError(action, reason);
  }

  /** False where a transaction was begun from an old state; by the next time that is mended. */
  #isCurrent(): boolean {
    if (this.#depth > 1 || isBegunFromNewest(this.#main)) return true;
    this.#written.lockFile.mend(() => lastTransactionOf(this.#main));
    return false;
  }

  #makeRoom(): void {
    if (this.#depth > 1) return;
    makeRoom(this.#file, () => {
      const { lastPageNumber, pageSize } = statsOf(this.#main);
      return (lastPageNumber + 1) * pageSize;
    });
  }

  #saveSequence(): void {
    if (this.#depth === 1) this.#sequence.save();
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
