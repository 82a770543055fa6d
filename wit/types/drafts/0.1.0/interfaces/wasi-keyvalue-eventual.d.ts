// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
/** @module Interface wasi:keyvalue/eventual@0.1.0 **/
/**
 * The value of a key, or none where there is no such key.
 */
export function get(bucket: Bucket, key: Key): IncomingValue | undefined;
/**
 * Sets a key to what the value has accepted so far.
 */
export function set(bucket: Bucket, key: Key, outgoingValue: OutgoingValue): void;
/**
 * Deletes a key; does nothing where there is none.
 */
export { _delete as delete };
declare function _delete(bucket: Bucket, key: Key): void;
/**
 * Whether there is such a key.
 */
export function exists(bucket: Bucket, key: Key): boolean;
export type Bucket = import('./wasi-keyvalue-types.js').Bucket;
export type Error = import('./wasi-keyvalue-types.js').Error;
export type IncomingValue = import('./wasi-keyvalue-types.js').IncomingValue;
export type Key = import('./wasi-keyvalue-types.js').Key;
export type OutgoingValue = import('./wasi-keyvalue-types.js').OutgoingValue;
