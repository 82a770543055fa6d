// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
/** @module Interface wasi:keyvalue/eventual@0.2.0-draft **/
/**
 * Get the value associated with the key in the bucket.
 *
 * The value is returned as an option. If the key-value pair exists in the
 * bucket, it returns `Ok(value)`. If the key does not exist in the
 * bucket, it returns `Ok(none)`.
 *
 * If any other error occurs, it returns an `Err(error)`.
 */
export function get(bucket: Bucket, key: Key): IncomingValue | undefined;
/**
 * Set the value associated with the key in the bucket. If the key already
 * exists in the bucket, it overwrites the value.
 *
 * If the key does not exist in the bucket, it creates a new key-value pair.
 *
 * If any other error occurs, it returns an `Err(error)`.
 */
export function set(bucket: Bucket, key: Key, outgoingValue: OutgoingValue): void;
/**
 * Delete the key-value pair associated with the key in the bucket.
 *
 * If the key does not exist in the bucket, it does nothing.
 *
 * If any other error occurs, it returns an `Err(error)`.
 */
export { _delete as delete };
declare function _delete(bucket: Bucket, key: Key): void;
/**
 * Check if the key exists in the bucket.
 *
 * If the key exists in the bucket, it returns `Ok(true)`. If the key does
 * not exist in the bucket, it returns `Ok(false)`.
 *
 * If any other error occurs, it returns an `Err(error)`.
 */
export function exists(bucket: Bucket, key: Key): boolean;
export type Bucket = import('./wasi-keyvalue-types.js').Bucket;
export type Error = import('./wasi-keyvalue-types.js').Error;
export type IncomingValue = import('./wasi-keyvalue-types.js').IncomingValue;
export type Key = import('./wasi-keyvalue-types.js').Key;
export type OutgoingValue = import('./wasi-keyvalue-types.js').OutgoingValue;
