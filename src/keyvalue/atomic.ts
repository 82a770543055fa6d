/** wasi:keyvalue/atomic@0.2.0-draft */
import { KvError } from '../errors.js';
import type { Bucket } from './bucket.js';
import { checkCounter, decodeCounter, encodeCounter } from './counter.js';
import { checkKey } from './names.js';
import { asResult } from './wasi-keyvalue-error.js';

/**
 * Adds `delta` to a counter and returns the sum, in one transaction; a missing key counts as 0.
 * Throws the resource `error`, with nothing changed: `not-a-counter` where the value is not the
 * canonical decimal text of a u64, `overflow` past 2^64-1, `invalid-key`, `no-bucket`, `full`,
 * `io`, `read-only`. WIT: `increment`.
 */
export function increment(bucket: Bucket, key: string, delta: bigint): bigint {
  const action = `increment "${key}"`;
  return asResult(() => {
    checkKey(key);
    checkCounter(delta, action);
    return bucket.store.transaction(() => {
      const current = read(bucket, key);
      if (current === 'other') {
        throw new KvError('not-a-counter', `cannot ${action}: its value is not a counter`);
      }
      const sum = (current ?? 0n) + delta;
      checkCounter(sum, action);
      write(bucket, key, sum);
      return sum;
    });
  });
}

/**
 * Writes `desired` where the value is the canonical decimal text of `old`; returns whether it did.
 * A missing key, and any other value, is false. Throws `overflow` for what is no u64, and as
 * `increment` otherwise. WIT: `compare-and-swap`, whose third parameter `new` is no name here.
 */
export function compareAndSwap(bucket: Bucket, key: string, old: bigint, desired: bigint): boolean {
  const action = `compare and swap "${key}"`;
  return asResult(() => {
    checkKey(key);
    checkCounter(old, action);
    checkCounter(desired, action);
    return bucket.store.transaction(() => {
      if (read(bucket, key) !== old) return false;
      write(bucket, key, desired);
      return true;
    });
  });
}

function read(bucket: Bucket, key: string): bigint | 'other' | undefined {
  const stored = bucket.stored.get(key);
  if (stored === undefined) return undefined;
  try {
    return decodeCounter(stored) ?? 'other';
  } finally {
    stored.close();
  }
}

function write(bucket: Bucket, key: string, counter: bigint): void {
  const upload = bucket.store.upload();
  try {
    upload.append(encodeCounter(counter));
    upload.store(bucket.stored, key);
  } finally {
    upload.close();
  }
}
