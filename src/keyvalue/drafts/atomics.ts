/** wasi:keyvalue/atomics, of 0.2.0-draft (the tag) and 0.2.0-draft2, which has `cas` as well. */
import { increment as incrementUnsigned } from '../atomic.js';
import { storedBucket } from '../bucket.js';
import { checkKey } from '../names.js';
import { Cas, swap } from './cas.js';
import { asDraft } from './draft-error.js';
import { type DraftBucket, partsOf } from './store.js';

/** The largest sum that draft2 can return. */
const S64_MAX = 2n ** 63n - 1n;

/**
 * Adds to a counter and returns the sum, in one step; a missing key counts as 0. Throws the variant
 * `error`, with nothing changed, for a sum past 2^64-1, or a value that is not a counter. WIT:
 * `increment`.
 */
function increment(target: DraftBucket<bigint>, key: string, delta: bigint): bigint {
  const { bucket, rules } = partsOf(target);
  return asDraft(() => {
    rules.checkWrite(bucket, 'increment a key');
    return incrementUnsigned(bucket, key, delta);
  });
}

/** The same with a delta that may be negative; the sum is between 0 and 2^63-1. */
function incrementSigned(target: DraftBucket<string>, key: string, delta: bigint): bigint {
  const { bucket, rules } = partsOf(target);
  return asDraft(() => {
    rules.checkWrite(bucket, 'increment a key');
    checkKey(key);
    return storedBucket(bucket).increment(key, delta, S64_MAX);
  });
}

export const draftAtomics = { increment };

export const draft2Atomics = { Cas, increment: incrementSigned, swap };
