/** Changing several keys in one step, where the store can. Beyond the WIT. */
import { asKvError } from '../errors.js';
import type { Pace } from '../store/shared-writes.js';
import { requireSupport, type Store } from '../store/store.js';

export function transactionsOf(store: Store) {
  return {
    /** Whether the store has transactions. */
    get areSupported(): boolean {
      return store.supports.has('transactions');
    },

    /** Whether one is under way, so that what is written now may yet be undone. */
    get isOpen(): boolean {
      return store.inTransaction;
    },

    /**
     * Whether what was thrown stopped a guest in the midst of a transaction: it can then be neither
     * ended nor undone, nothing of the store can be given back, and the process has to end.
     */
    isStuckAfter: (thrown: unknown): boolean =>
      asKvError(thrown).code === 'timed-out' && store.inTransaction,

    /**
     * Throws `not-supported`, with what was to be done, and what can be done instead, where the
     * store has no transactions.
     */
    require(action: string, instead: string): void {
      requireSupport(store, 'transactions', action, instead);
    },

    /** See `Store.transaction`; `require` comes first. */
    hold: <T>(work: () => Promise<T>) => store.transaction(work),

    /** See `Store.group`; `require` comes first. */
    group: <T>(work: () => Promise<T>, signal?: AbortSignal) => store.group(work, signal),

    /** See `Store.shareWrites`; `require` comes first. */
    share: (pace: Pace) => store.shareWrites(pace),

    /**
     * Waits until nobody else writes, while other work goes on: a write that follows soon need not
     * wait, which would hold up the whole process. Throws `read-only`, `busy`, the reason of `signal`.
     */
    writersDone: (signal?: AbortSignal) => store.writersDone(signal),
  };
}
