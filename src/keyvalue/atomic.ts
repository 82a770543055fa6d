/** wasi:keyvalue/atomic@0.2.0-draft */
import { checkCounter } from '../store/counter.js';
import { type Bucket, storedBucket } from './bucket.js';
import { checkKey } from './names.js';
import { asResult } from './wasi-keyvalue-error.js';

/**
 * Adds `delta` to a counter and returns the sum, in one step; a missing key counts as 0. Throws the
 * resource `error`, with nothing changed: `not-a-counter` if the value is not the canonical decimal
 * text of a u64, `overflow` past 2^64-1, `invalid-key`, `no-bucket`, `full`, `io`, `read-only`.
 * WIT: `increment`.
 */
export function increment(bucket: Bucket, key: string, delta: bigint): bigint {
  return asResult(() => {
    checkKey(key);
    checkCounter(delta, `increment "${key}"`);
    return storedBucket(bucket).increment(key, delta);
  });
}

/**
 * Writes `desired` if the value is the canonical decimal text of `old`; returns whether it did. It
 * returns false for a missing key, and for any other value. Throws `overflow` for a number that is
 * not a u64, and otherwise as `increment`. WIT: `compare-and-swap`, whose third parameter is called
 * `new`.
 */
export function compareAndSwap(bucket: Bucket, key: string, old: bigint, desired: bigint): boolean {
  const action = `compare and swap "${key}"`;
  return asResult(() => {
    checkKey(key);
    checkCounter(old, action);
    checkCounter(desired, action);
    return storedBucket(bucket).compareAndSwap(key, old, desired);
  });
}
