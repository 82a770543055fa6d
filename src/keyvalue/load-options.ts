/** What a load is told: see `BulkLoad`. */
import type { Milliseconds } from '../store/record.js';
import type { Existing } from '../store/store.js';
import type { Bucket } from './bucket.js';

export interface LoadOptions {
  /** What to do with a key that is there. */
  readonly existing: Existing;
  /** Write nothing. */
  readonly dryRun: boolean;
  /** Ends the load: what is being written then is not. */
  readonly signal: AbortSignal | undefined;
  /**
   * Called for each record that is refused because its key is there, in the order of the input; the
   * value is left out where it is over the limit of a whole record. May throw, which ends the load.
   */
  refused(
    at: number,
    key: string,
    value: Uint8Array | undefined,
    expires: Milliseconds | undefined,
  ): void;
}

/** Where records go. */
export interface LoadTarget {
  readonly name: string;
  /** Undefined in a dry run, where there is no such bucket yet. */
  readonly bucket: Bucket | undefined;
}
