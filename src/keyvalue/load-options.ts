/** The options of a load: see `BulkLoad`. */
import type { Milliseconds } from '../store/record.js';
import type { Existing } from '../store/store.js';
import type { Bucket } from './bucket.js';

export interface LoadOptions {
  /** What to do with a key that exists. */
  readonly existing: Existing;
  /** Write nothing. */
  readonly dryRun: boolean;
  /** Ends the load; what is being written then is dropped. */
  readonly signal: AbortSignal | undefined;
  /**
   * Called for each record that is refused because its key exists, in the order of the input,
   * without the value if it is over the limit of a whole record. An error that it throws ends the
   * load.
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
  /** Undefined in a dry run for a bucket that does not exist yet. */
  readonly bucket: Bucket | undefined;
}
