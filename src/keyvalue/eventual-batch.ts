/** wasi:keyvalue/eventual-batch@0.2.0-draft. Each batch is one transaction: all of it, or nothing. */

import type { Bucket } from './bucket.js';
import { IncomingValue } from './incoming-value.js';
import { listKeys } from './listing.js';
import { checkKey } from './names.js';
import type { OutgoingValue } from './outgoing-value.js';
import { asResult } from './wasi-keyvalue-error.js';

/**
 * The values by position, undefined where there is no such key; all of one snapshot; a key given
 * twice is answered twice. Throws the resource `error`: `invalid-key`, `no-bucket`, `io`.
 * WIT: `get-many`.
 */
export function getMany(bucket: Bucket, keys: string[]): (IncomingValue | undefined)[] {
  return asResult(() => {
    keys.forEach(checkKey);
    return bucket.stored.getMany(keys).map((stored) => stored && new IncomingValue(stored));
  });
}

/**
 * Every key, in the byte order of its UTF-8. Throws `no-bucket`, `io`. WIT: `keys`, whose answer is
 * one list: `listKeys` goes through any number of them.
 */
export function keys(bucket: Bucket): string[] {
  return asResult(() => [...listKeys(bucket, {})]);
}

/**
 * Sets all the keys, in the order given. Throws `invalid-key`, `no-bucket`, `full`, `io`,
 * `read-only`, with nothing written. WIT: `set-many`.
 */
export function setMany(bucket: Bucket, keyValues: [string, OutgoingValue][]): void {
  asResult(() => {
    for (const [key] of keyValues) checkKey(key);
    bucket.store.transaction(() => {
      for (const [key, value] of keyValues) value.storeAs(bucket.stored, key);
    });
  });
}

/**
 * Deletes all the keys, passing over those that are not there. Throws `invalid-key`, `no-bucket`,
 * `full`, `io`, `read-only`, with nothing deleted. WIT: `delete-many`.
 */
export function deleteMany(bucket: Bucket, keys: string[]): void {
  asResult(() => {
    keys.forEach(checkKey);
    bucket.store.transaction(() => {
      for (const key of keys) bucket.stored.delete(key);
    });
  });
}
