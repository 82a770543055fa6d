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

/** When writes are committed, beside what the store itself asks for. */
export interface Pace {
  /** A transaction lasts no longer, in ms; undefined: as long as nobody else waits. */
  readonly milliseconds: number | undefined;
}

/**
 * A transaction begins with a write, and is committed when its time is over, when it is large, when another
 * process has waited for 0.1 s, before a value in chunks is read, and when that is asked for. Reads see what it has
 * written; others wait if they write. What it has written is lost where the process ends without a commit.
 */
export interface SharedWrites {
  /**
   * To be called before each piece of work: commits what is due. Throws the failure where writes that were taken
   * have been lost since: whoever made them believes that they are stored.
   */
  settleIfDue(): void;
  /** Commits what has been written. To be called before any wait. Throws as `settleIfDue`. */
  settle(): void;
  /** Whether there is something to commit, be it in the midst of a write. */
  readonly isOpen: boolean;
  /** Commits, and ends the sharing. Throws as `settle`. Idempotent. */
  close(): void;
}

/** For a store that has nothing to wait for, or where a transaction is under way already. */
export const nothingShared: SharedWrites = {
  settleIfDue() {},
  settle() {},
  isOpen: false,
  close() {},
};
