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

/** A change to a key between two states; what happened in between is not seen. */
export interface RecordChange {
  /** `expire`: it is absent because its time has come, whether or not it is still stored. */
  readonly kind: 'set' | 'delete' | 'expire';
  /** The record that was set; for another kind of change, the one that is gone. */
  readonly entry: Entry;
  /** When it was set, or expired; for a deletion, when it was noticed. */
  readonly time: Milliseconds;
}

/**
 * Keys may have been deleted, or have expired, between two times, without a report, because no
 * state was held. What was set is reported nevertheless.
 */
export interface Missed {
  readonly kind: 'missed';
  readonly since: Milliseconds;
  readonly time: Milliseconds;
}

export type Change = RecordChange | Missed;

export interface WatchOptions {
  /** Which keys; the direction is ignored. */
  readonly range: KeyRange;
  /** `beginning`: existing records are reported first, as set, in the order of the keys. */
  readonly from: 'now' | 'beginning';
}

/**
 * Watches the bucket of a name: if the bucket is deleted, or renamed, its keys are gone; if another
 * bucket gets the name, its differing records have been set.
 *
 * Between two looks it holds the last reported state, so that its pages cannot be reused. Whoever
 * cannot look for a while calls `letGo`.
 */
export interface StoreWatch {
  /**
   * Whether there may be changes: a transaction, or a record whose time has come. It only looks at
   * a number. Throws `no-store` if there is another store at the path, or none, `io`.
   */
  isDue(): boolean;
  /**
   * The changes since the last time, up to now; in each part a key occurs once. First deletions and
   * expiries, then what was set, in the order of versions, which is that of the commits; or, for
   * very many changes, in the order of the keys. Some parts are empty, so that the caller can do
   * other work. To be iterated to the end. Throws `damaged`, `io`.
   */
  changes(): IterableIterator<readonly Change[]>;
  /**
   * The value that a change has set, to be closed soon; undefined if another change has come.
   * Throws `damaged`, `io`.
   */
  value(change: RecordChange): StoredValue | undefined;
  /**
   * Releases the held state, at any moment; an iteration of `changes` continues. The keys of a
   * small range are kept in memory, and then nothing is missed. The next `changes` holds a state
   * again.
   */
  letGo(): void;
  /** Releases it for good. Idempotent. */
  close(): void;
}
