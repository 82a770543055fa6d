// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
/** @module Interface wasi:keyvalue/batch@0.2.0-draft **/
/**
 * The keys and their values by position, none where there is no such key.
 */
export function getMany(bucket: Bucket, keys: Array<string>): Array<[string, Uint8Array] | undefined>;
/**
 * Sets keys in their order.
 */
export function setMany(bucket: Bucket, keyValues: Array<[string, Uint8Array]>): void;
/**
 * Deletes keys, passing over those that are not there.
 */
export function deleteMany(bucket: Bucket, keys: Array<string>): void;
export type Bucket = import('./wasi-keyvalue-store.js').Bucket;
export type Error = import('./wasi-keyvalue-store.js').Error;
