// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
/** @module Interface wasi:keyvalue/atomic@0.1.0 **/
/**
 * Adds to a counter and returns the sum; a missing key counts as 0.
 */
export function increment(bucket: Bucket, key: Key, delta: bigint): bigint;
/**
 * Sets a counter to the new value if it is the old one, and returns whether it was.
 */
export function compareAndSwap(bucket: Bucket, key: Key, old: bigint, new_: bigint): boolean;
export type Bucket = import('./wasi-keyvalue-types.js').Bucket;
export type Error = import('./wasi-keyvalue-types.js').Error;
export type Key = import('./wasi-keyvalue-types.js').Key;
