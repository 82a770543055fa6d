/** Changes several keys in one step, if the store can. Beyond the WIT. */
import { asKvError } from '../errors.js';
import type { Pace } from '../store/shared-writes.js';
import { requireSupport, type Store } from '../store/store.js';

export function transactionsOf(store: Store) {
  return {
    /** Whether the store has transactions. */
    get areSupported(): boolean {
      return store.supports.has('transactions');
    },

    /** Whether one is under way, so that present writes may still be undone. */
    get isOpen(): boolean {
      return store.inTransaction;
    },

    /**
     * Whether the error stopped a guest inside a transaction, which can then be neither committed
     * nor undone: nothing of the store can be released, and the process has to end.
     */
    isStuckAfter: (thrown: unknown): boolean =>
      asKvError(thrown).code === 'timed-out' && store.inTransaction,

    /**
     * Throws `not-supported`, with `action` and `instead`, what can be done instead, if the store
     * has no transactions.
     */
    require(action: string, instead: string): void {
      requireSupport(store, 'transactions', action, instead);
    },

    /** See `Store.transaction`; `require` has to be called first. */
    hold: <T>(work: () => Promise<T>) => store.transaction(work),

    /** See `Store.group`; `require` has to be called first. */
    group: <T>(work: () => Promise<T>, signal?: AbortSignal) => store.group(work, signal),

    /** See `Store.shareWrites`; `require` has to be called first. */
    share: (pace: Pace) => store.shareWrites(pace),

    /**
     * Waits until nobody else writes, without blocking the process: a write that follows soon need
     * not wait, which would block it. Throws `read-only`, `busy`, the reason of `signal`.
     */
    writersDone: (signal?: AbortSignal) => store.writersDone(signal),
  };
}
