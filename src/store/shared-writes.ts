/**
 * Writes that share transactions, of a caller who does one after the other without letting the event loop turn.
 *
 *     const shared = store.shareWrites({ milliseconds: 100 });
 *     try {
 *       for (const call of calls) {
 *         shared.settleIfDue();
 *         call();
 *       }
 *     } finally {
 *       shared.close();
 *     }
 */

/** When writes are committed, besides the store's own reasons. */
export interface Pace {
  /** The longest transaction, in ms; undefined: as long as nobody else waits. */
  readonly milliseconds: number | undefined;
}

/**
 * A transaction begins with a write, and is committed when its time is over, when it is large, when
 * another process has waited for 0.1 s, before a value in chunks is read, and on request. Reads see
 * its writes; other writers wait. Its writes are lost if the process ends without a commit.
 */
export interface SharedWrites {
  /**
   * To be called before each piece of work: commits if that is due. Throws the failure if accepted
   * writes have been lost since, because whoever made them believes that they are stored.
   */
  settleIfDue(): void;
  /** Commits what has been written. To be called before any wait. Throws as `settleIfDue`. */
  settle(): void;
  /** Whether there is something to commit, even in the middle of a write. */
  readonly isOpen: boolean;
  /** Commits, and ends the sharing. Throws as `settle`. Idempotent. */
  close(): void;
}

/** For a store without waiting writers, or within a transaction. */
export const nothingShared: SharedWrites = {
  settleIfDue() {},
  settle() {},
  isOpen: false,
  close() {},
};
