// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
/** @module Interface wasi:keyvalue/eventual-batch@0.2.0-draft **/
/**
 * Get the values associated with the keys in the bucket. It returns a list of
 * incoming-value that can be consumed to get the value associated with the key.
 *
 * If any of the keys do not exist in the bucket, it returns a `none` value for
 * that key in the list.
 *
 * Note that the key-value pairs are guaranteed to be returned in the same order
 *
 * MAY show an out-of-date value if there are concurrent writes to the bucket.
 *
 * If any other error occurs, it returns an `Err(error)`.
 */
export function getMany(bucket: Bucket, keys: Array<Key>): Array<IncomingValue | undefined>;
/**
 * Get all the keys in the bucket. It returns a list of keys.
 *
 * Note that the keys are not guaranteed to be returned in any particular order.
 *
 * If the bucket is empty, it returns an empty list.
 *
 * MAY show an out-of-date list of keys if there are concurrent writes to the bucket.
 *
 * If any error occurs, it returns an `Err(error)`.
 */
export function keys(bucket: Bucket): Array<Key>;
/**
 * Set the values associated with the keys in the bucket. If the key already
 * exists in the bucket, it overwrites the value.
 *
 * Note that the key-value pairs are not guaranteed to be set in the order
 * they are provided.
 *
 * If any of the keys do not exist in the bucket, it creates a new key-value pair.
 *
 * If any other error occurs, it returns an `Err(error)`. When an error occurs, it
 * does not rollback the key-value pairs that were already set. Thus, this batch operation
 * does not guarantee atomicity, implying that some key-value pairs could be
 * set while others might fail.
 *
 * Other concurrent operations may also be able to see the partial results.
 */
export function setMany(bucket: Bucket, keyValues: Array<[Key, OutgoingValue]>): void;
/**
 * Delete the key-value pairs associated with the keys in the bucket.
 *
 * Note that the key-value pairs are not guaranteed to be deleted in the order
 * they are provided.
 *
 * If any of the keys do not exist in the bucket, it skips the key.
 *
 * If any other error occurs, it returns an `Err(error)`. When an error occurs, it
 * does not rollback the key-value pairs that were already deleted. Thus, this batch operation
 * does not guarantee atomicity, implying that some key-value pairs could be
 * deleted while others might fail.
 *
 * Other concurrent operations may also be able to see the partial results.
 */
export function deleteMany(bucket: Bucket, keys: Array<Key>): void;
export type Bucket = import('./wasi-keyvalue-types.js').Bucket;
export type Error = import('./wasi-keyvalue-types.js').Error;
export type Key = import('./wasi-keyvalue-types.js').Key;
export type IncomingValue = import('./wasi-keyvalue-types.js').IncomingValue;
export type OutgoingValue = import('./wasi-keyvalue-types.js').OutgoingValue;
