/**
 * The corners of lmdb (3.5.6) that are used here and that it does not document. For each it is said
 * why it is needed, and which test of lmdb-internals.test.ts fails where another version of lmdb has
 * changed it. The other one is its native part, see native-addon.ts.
 */
import type { RootDb } from './database.js';

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

  renew(main: RootDb): void {
    main.resetReadTxn();
    this.during(() => main.ensureReadTxn());
  }

  /** Runs what begins lmdb's read transaction. */
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
 * Why: lmdb sets the number of the last transaction back, where another process commits while it opens
 * a store (see lock-file.ts), and the transaction begun next would undo that commit. Test: "a
 * transaction that was begun from an old state is begun again".
 */
export function isBegunFromNewest(main: RootDb): boolean {
  return main.getWriteTxnId() > lastTransactionOf(main);
}

/** The number of the last transaction, by the data file: `env.info`. */
export function lastTransactionOf(main: RootDb): number {
  return main.env.info().lastTxnId;
}

/**
 * Why a commit in the background failed: `commitError`.
 *
 * Why: lmdb rejects with an error that says only that it failed, and hides the reason in a promise of
 * that error, which ends the process where nobody hears it. Test: "a commit in the background that
 * fails says why".
 */
export async function commitErrorOf(thrown: unknown): Promise<unknown> {
  const { commitError } = (thrown ?? {}) as { commitError?: Promise<never> };
  return commitError === undefined ? thrown : commitError.catch((error: unknown) => error);
}
