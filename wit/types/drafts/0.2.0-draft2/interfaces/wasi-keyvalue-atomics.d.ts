// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
/** @module Interface wasi:keyvalue/atomics@0.2.0-draft2 **/
/**
 * Adds to a counter, the decimal text of a whole number, and returns the sum; a missing key counts
 * as 0. The sum is between 0 and 2^63-1: beyond that, and for a value that is no counter, it fails
 * with `other`, and nothing is changed.
 */
export function increment(bucket: Bucket, key: string, delta: bigint): bigint;
/**
 * Sets the key of the cas if nobody has written it since, also where the same value was written
 * again. A key that was missing is set only if it has stayed so.
 */
export function swap(cas: Cas, value: Uint8Array): void;
export type Bucket = import('./wasi-keyvalue-store.js').Bucket;
export type Error = import('./wasi-keyvalue-store.js').Error;
/**
 * Why a swap was not made.
 */
export type CasError = CasErrorStoreError | CasErrorCasFailed;
/**
 * The store failed.
 */
export interface CasErrorStoreError {
  tag: 'store-error',
  val: Error,
}
/**
 * Somebody has written, made or deleted the key. The new cas is of the key as it is now.
 */
export interface CasErrorCasFailed {
  tag: 'cas-failed',
  val: Cas,
}

export class Cas {
  /**
   * This type does not have a public constructor.
   */
  private constructor();
  /**
  * The key as it is now.
  */
  static 'new'(bucket: Bucket, key: string): Cas;
  /**
  * Its value at that moment, or none where there was no such key.
  */
  current(): Uint8Array | undefined;
}
