/**
 * The undocumented parts of lmdb (3.5.6) that are used here. Each says why it is needed, and which
 * test of lmdb-internals.test.ts fails if another version of lmdb has changed it. What is used of
 * its native part is in native-addon.ts.
 */
import { ABORT } from 'lmdb';
import { type DatabaseStats, type Db, KeySpan, type RootDb, type ValueSpan } from './database.js';

/**
 * Begins lmdb's read transaction: `resetReadTxn` and `ensureReadTxn`.
 *
 * Why: without them a read sees the state of the last turn of the event loop, not the newest. lmdb sets
 * a timer to end the transaction with that turn, a new one each time, and takes none back: a component
 * that runs for long without a turn would gather them by the million. So while one is waiting, that one
 * serves. Test: "a read after renew() sees the newest state, and the timers of many are one".
 *
 * The process would wait for them after all is done: so also what opens a database, and begins the
 * transaction as well, runs here, and `end` takes the timer back. Test: timers.test.ts.
 */
export class Renewal {
  #timer: NodeJS.Timeout | undefined;
  #count = 0;

  /** How often a transaction was begun here; lmdb may have begun others since. */
  get count(): number {
    return this.#count;
  }

  renew(main: RootDb): void {
    main.resetReadTxn();
    this.during(() => main.ensureReadTxn());
    this.#count++;
  }

  /** Runs work that begins lmdb's read transaction. */
  during<T>(work: () => T): T {
    const { setTimeout } = globalThis;
    const setOne = (ending: () => void, milliseconds: number) => {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        ending();
      }, milliseconds);
      return this.#timer;
    };
    globalThis.setTimeout = setOne as typeof setTimeout;
    try {
      return work();
    } finally {
      globalThis.setTimeout = setTimeout;
    }
  }

  /** To be called when lmdb has closed. */
  end(): void {
    clearTimeout(this.#timer);
  }
}

/**
 * Reads beside the write transaction under way, not in it: `env.writeTxn`.
 *
 * Why: lmdb prefers a write transaction to the one that a read is given, which would tear a value that
 * was got before. Test: "a read in a snapshot does not see the write transaction around it".
 */
export function besideWrites<T>({ env }: RootDb, read: () => T): T {
  const { writeTxn } = env;
  env.writeTxn = null;
  try {
    return read();
  } finally {
    env.writeTxn = writeTxn;
  }
}

/**
 * Has lmdb forget its read transaction: `_commitReadTxn`. To be called before a database is opened.
 *
 * Why: when lmdb opens one, it ends the transaction, though a snapshot may hold it. Test: "a snapshot
 * outlives the opening of a database".
 */
export function forgetReads(main: RootDb): void {
  main.resetReadTxn();
  main._commitReadTxn();
}

/**
 * Whether the write transaction under way was begun from the newest state: `getWriteTxnId`,
 * `env.info`.
 *
 * Why: lmdb resets the number of the last transaction if another process commits while it opens a
 * store (see lock-file.ts), and the next transaction would undo that commit. Test: "a transaction
 * that was begun from an old state is begun again".
 */
export function isBegunFromNewest(main: RootDb): boolean {
  return main.getWriteTxnId() > lastTransactionOf(main);
}

/**
 * The counts of a database in the write transaction under way: `db.stat`.
 *
 * Why: `getStats` also reads those of the whole environment, which takes as long as a small
 * transaction without its commit. Test: "the numbers of a database in a transaction are those of
 * getStats()".
 */
export function statsInTransaction({ db }: Db): DatabaseStats {
  return db.stat();
}

/** A transaction that lasts until one of the two is called, once. */
export interface OpenTransaction {
  /** Throws lmdb's error, and the transaction has ended nevertheless. */
  commit(): void;
  abort(): void;
}

/**
 * Begins a transaction that lasts from one call to another of a caller who never lets the event loop turn; undefined
 * where `isReady`, which is asked in it, says no, and nothing has been begun. Within it others are nested.
 *
 * Why: lmdb ends a transaction with the function that it runs in it, or with the promise which that returns, and
 * promises need turns. It calls `then` of whatever has one, and ends when that calls back. Test: "an open transaction
 * is committed, or undone, by a call".
 */
export function openTransaction(main: RootDb, isReady: () => boolean): OpenTransaction | undefined {
  let open: OpenTransaction | undefined;
  const ending = {
    // biome-ignore lint/suspicious/noThenProperty: it is what lmdb looks for.
    then(commit: () => void, fail: (reason: unknown) => void) {
      const abort = () => {
        try {
          fail(ending);
        } catch (thrown) {
          if (thrown !== ending) throw thrown;
        }
      };
      open = { commit, abort };
    },
  };
  main.transactionSync(() => (isReady() ? ending : ABORT) as never);
  return open;
}

/**
 * The number of the last transaction, by the data file: `env.info`.
 *
 * Why: it is asked often, and `getStats` reads other numbers as well. Test: "a write transaction has the number after the last one".
 */
export function lastTransactionOf(main: RootDb): number {
  return main.env.info().lastTxnId;
}

/** The last page in use, by the data file: `env.info`. Why, and test: as above. */
export function lastPageOf(main: RootDb): number {
  return main.env.info().lastPageNumber;
}

/**
 * The number of the write transaction under way: `getWriteTxnId`.
 *
 * Why: after a failed commit, the data file's number tells whether the transaction is on the disk.
 * Test: "a write transaction has the number after the last one".
 */
export function transactionUnderWay(main: RootDb): number {
  return main.getWriteTxnId();
}

/**
 * Has a database take a `KeySpan` for a key: `writeKey`.
 *
 * Why: a buffer of its own for each key, and for each value, takes a tenth of an import. Test: "a key and
 * a value are taken from where they lie".
 */
export function takingSpans<T extends Db>(db: T): T {
  const own = db as unknown as { writeKey: typeof writeKey };
  own.writeKey = writeKey;
  return db;
}

/** Writes a key into lmdb's buffer, and returns where it ends. */
function writeKey(key: Uint8Array | KeySpan, target: Uint8Array, start: number): number {
  if (!(key instanceof KeySpan)) {
    target.set(key, start);
    return start + key.length;
  }
  const { bytes, end } = key;
  let to = start;
  for (let at = key.start; at < end; at++, to++) target[to] = bytes[at]!;
  return to;
}

/**
 * A span over all of the memory that `bytes` are in, for values that lie there: `start` and `end`, which
 * are counted from the beginning of that memory. Why, and test: as for keys.
 */
export function valueSpanOver({ buffer }: Uint8Array): ValueSpan {
  return Object.assign(new Uint8Array(buffer), { start: 0, end: 0 });
}
