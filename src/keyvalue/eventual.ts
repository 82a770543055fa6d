/**
 * wasi:keyvalue/eventual@0.2.0-draft. Stronger than its name here: every write is visible at once.
 */
import { type Bucket, storedBucket } from './bucket.js';
import { IncomingValue } from './incoming-value.js';
import { checkKey } from './names.js';
import { type OutgoingValue, uploadOf } from './outgoing-value.js';
import { asResult } from './wasi-keyvalue-error.js';

/**
 * The value of a key, or undefined for a missing key; an empty value is a value. Throws the
 * resource `error`: `invalid-key`, `no-bucket`, `io`. WIT: `get`.
 */
export function get(bucket: Bucket, key: string): IncomingValue | undefined {
  return asResult(() => {
    checkKey(key);
    const stored = storedBucket(bucket).get(key);
    return stored && new IncomingValue(stored);
  });
}

/**
 * Sets a key to what the outgoing value has accepted so far, in one step; it is on the disk when
 * this returns. Throws `invalid-key`, `no-bucket`, `full`, `io`, `read-only`, and then the old
 * value stays. WIT: `set`.
 */
export function set(bucket: Bucket, key: string, outgoingValue: OutgoingValue): void {
  asResult(() => {
    checkKey(key);
    storedBucket(bucket).put(key, uploadOf(outgoingValue));
  });
}

/**
 * Deletes a key, if it exists. Throws `invalid-key`, `no-bucket`, `full`, `io`, `read-only`. WIT:
 * `delete`.
 */
function delete_(bucket: Bucket, key: string): void {
  asResult(() => {
    checkKey(key);
    storedBucket(bucket).delete(key);
  });
}

/** Whether the key exists. Throws `invalid-key`, `no-bucket`, `io`. WIT: `exists`. */
export function exists(bucket: Bucket, key: string): boolean {
  return asResult(() => {
    checkKey(key);
    return storedBucket(bucket).stat(key) !== undefined;
  });
}

export { delete_ as delete };
