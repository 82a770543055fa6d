// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
/** @module Interface wasi:keyvalue/atomic@0.2.0-draft **/
/**
 * Atomically increment the value associated with the key in the bucket by the
 * given delta. It returns the new value.
 *
 * If the key does not exist in the bucket, it creates a new key-value pair
 * with the value set to the given delta.
 *
 * If any other error occurs, it returns an `Err(error)`.
 */
export function increment(bucket: Bucket, key: Key, delta: bigint): bigint;
/**
 * Compare-and-swap (CAS) atomically updates the value associated with the key
 * in the bucket if the value matches the old value. This operation returns
 * `Ok(true)` if the swap was successful, `Ok(false)` if the value did not match,
 *
 * A successful CAS operation means the current value matched the `old` value
 * and was replaced with the `new` value.
 *
 * If the key does not exist in the bucket, it returns `Ok(false)`.
 *
 * If any other error occurs, it returns an `Err(error)`.
 */
export function compareAndSwap(bucket: Bucket, key: Key, old: bigint, new_: bigint): boolean;
export type Bucket = import('./wasi-keyvalue-types.js').Bucket;
export type Error = import('./wasi-keyvalue-types.js').Error;
export type Key = import('./wasi-keyvalue-types.js').Key;
