/** Watches changes to the keys of a bucket, by any process. Beyond the WIT. */
import type { StoredValue } from '../store/record.js';
import { requireSupport, type Store } from '../store/store.js';
import { nextTurn } from '../store/turns.js';
import type { Change, RecordChange, StoreWatch } from '../store/watch.js';
import { rangeOf, type Selection } from './listing.js';
import { checkBucketName } from './names.js';

/**
 * Milliseconds between two looks. A look that finds nothing takes a few microseconds, and waking up
 * for it some more.
 */
const PAUSE_MS = 30;

/** How long a snapshot is kept for a caller who is slow to take changes, in ms. */
export const HOLD_MS = 1000;

export interface WatchSelection extends Pick<Selection, 'prefix' | 'start' | 'end'> {
  /** Whether existing records are reported first. */
  readonly initial?: boolean;
}

export function watchesOf(store: Store) {
  return {
    /**
     * Begins to watch a bucket, which need not exist. To be closed. Throws `not-supported`,
     * `invalid-bucket`, `invalid-key` for a bound that no key can have, `usage` within a
     * transaction.
     */
    begin(bucket: string, selection: WatchSelection): Watch {
      checkBucketName(bucket);
      requireSupport(store, 'watch', `watch bucket "${bucket}"`, 'try: kv keys --newer');
      const range = rangeOf(selection);
      return new Watch(
        store.watch(bucket, { range, from: selection.initial ? 'beginning' : 'now' }),
      );
    },
  };
}

export class Watch {
  readonly #watch: StoreWatch;

  constructor(watch: StoreWatch) {
    this.#watch = watch;
  }

  /**
   * The changes, in groups that are never empty, until the signal is aborted: then it rejects with
   * the reason. A caller who does not ask for more within a second, because its own reader is slow,
   * does not keep a snapshot of the store. Throws `no-store` if the store has been replaced,
   * `damaged`, `io`.
   */
  async *changes(signal: AbortSignal): AsyncGenerator<readonly Change[]> {
    for (; ; await this.#becomesDue(signal)) {
      for (const changes of this.#watch.changes()) {
        signal.throwIfAborted();
        if (changes.length === 0) {
          await nextTurn();
          continue;
        }
        const timer = setTimeout(() => this.letGo(), HOLD_MS);
        try {
          yield changes;
        } finally {
          clearTimeout(timer);
        }
      }
    }
  }

  /**
   * The value that a change has set, to be closed soon; undefined if it has been changed since,
   * which will be reported.
   */
  value(change: RecordChange): StoredValue | undefined {
    return this.#watch.value(change);
  }

  /** To be called before the process stops for a while. See `StoreWatch.letGo`. */
  letGo(): void {
    this.#watch.letGo();
  }

  /** Idempotent. */
  close(): void {
    this.#watch.close();
  }

  /** Resolves when there may be changes. Rejects as `changes` does. */
  #becomesDue(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearInterval(timer);
        signal.removeEventListener('abort', abort);
        settle();
      };
      const abort = () => end(() => reject(signal.reason));
      const look = () => {
        try {
          if (this.#watch.isDue()) end(resolve);
        } catch (error) {
          end(() => reject(error));
        }
      };
      const timer = setInterval(look, PAUSE_MS);
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort);
    });
  }
}
