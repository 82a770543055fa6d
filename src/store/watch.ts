/**
 * Following what is done to the keys of a bucket, by whomever: one state of it is compared with the one before.
 *
 *     const watch = store.watch('orders', { range: {}, from: 'now' });
 *     for (;;) {
 *       if (watch.isDue()) for (const changes of watch.changes()) tell(changes);
 *       await sleep(25);
 *     }
 */
import type { Entry, KeyRange, Milliseconds, StoredValue } from './record.js';

/** What has become of a key between two states: what is between them is not seen. */
export interface RecordChange {
  /** `expire`: it is absent since its time has come, be it stored still or not. */
  readonly kind: 'set' | 'delete' | 'expire';
  /** The record that was set; of another kind of change, the one that is gone. */
  readonly entry: Entry;
  /** When it was set, or expired; when it was seen that it had been deleted. */
  readonly time: Milliseconds;
}

/**
 * Keys may have been deleted, or have expired, between two times, and are not told: meanwhile no state was held. What was
 * set is told all the same.
 */
export interface Missed {
  readonly kind: 'missed';
  readonly since: Milliseconds;
  readonly time: Milliseconds;
}

export type Change = RecordChange | Missed;

export interface WatchOptions {
  /** Which keys; its direction is not looked at. */
  readonly range: KeyRange;
  /** `beginning`: what is there is told first, as set, in the order of the keys. */
  readonly from: 'now' | 'beginning';
}

/**
 * Follows what a name leads to: where its bucket is deleted, or renamed, its keys are gone; where another bucket gets the
 * name, what is another record there has been set.
 *
 * Between two looks it holds the state that was told last, which keeps what others free from being used again. So whoever
 * cannot look for a while calls `letGo`.
 */
export interface StoreWatch {
  /**
   * Whether there may be something to tell: a transaction, or a record whose time has come. It costs no more than a
   * look at a number. Throws `no-store` where there is another store at the path, or none, `io`.
   */
  isDue(): boolean;
  /**
   * What has changed since the last time, up to now; in each part every key stands once. First what is gone, then what was
   * set, in the order of their versions, which is that of the commits; of a great many changes, in the order of the
   * keys. Some parts are empty, so that the caller can do other work. To be gone through to the end. Throws `damaged`, `io`.
   */
  changes(): IterableIterator<readonly Change[]>;
  /** The value that a change has set, to be closed soon; undefined where another change has come. Throws `damaged`, `io`. */
  value(change: RecordChange): StoredValue | undefined;
  /**
   * Lets go of what is held, at any moment; what `changes` has in hand is still given. The keys of a smaller range are
   * kept in memory, and then nothing is missed. The next `changes` holds a state again.
   */
  letGo(): void;
  /** Lets go for good. Idempotent. */
  close(): void;
}
