// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
/** @module Interface wasi:keyvalue/atomics@0.2.0-draft **/
/**
 * Adds to a counter, the decimal text of a whole number, and returns the sum; a missing key counts
 * as 0. Past 2^64-1, and for a value that is no counter, it fails with `other`, and nothing is
 * changed.
 */
export function increment(bucket: Bucket, key: string, delta: bigint): bigint;
export type Bucket = import('./wasi-keyvalue-store.js').Bucket;
export type Error = import('./wasi-keyvalue-store.js').Error;
