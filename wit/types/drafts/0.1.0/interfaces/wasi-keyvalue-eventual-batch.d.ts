// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
/** @module Interface wasi:keyvalue/eventual-batch@0.1.0 **/
/**
 * The values by position, none where there is no such key.
 */
export function getMany(bucket: Bucket, keys: Array<Key>): Array<IncomingValue | undefined>;
/**
 * Every key, in the order of the bytes of their UTF-8.
 */
export function keys(bucket: Bucket): Array<Key>;
/**
 * Sets keys in their order.
 */
export function setMany(bucket: Bucket, keyValues: Array<[Key, OutgoingValue]>): void;
/**
 * Deletes keys, passing over those that are not there.
 */
export function deleteMany(bucket: Bucket, keys: Array<Key>): void;
export type Bucket = import('./wasi-keyvalue-types.js').Bucket;
export type Error = import('./wasi-keyvalue-types.js').Error;
export type Key = import('./wasi-keyvalue-types.js').Key;
export type IncomingValue = import('./wasi-keyvalue-types.js').IncomingValue;
export type OutgoingValue = import('./wasi-keyvalue-types.js').OutgoingValue;
