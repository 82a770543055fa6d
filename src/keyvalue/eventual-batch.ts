/** wasi:keyvalue/eventual-batch@0.2.0-draft. Where the store has transactions, each batch is one. */

import { type Bucket, storedBucket } from './bucket.js';
import { IncomingValue } from './incoming-value.js';
import { listKeys } from './listing.js';
import { checkKey } from './names.js';
import { type OutgoingValue, uploadOf } from './outgoing-value.js';
import { deletesOf } from './record.js';
import { asResult } from './wasi-keyvalue-error.js';

/**
 * The values by position, undefined for a missing key; all from one snapshot; a key given twice is
 * answered twice. Throws the resource `error`: `invalid-key`, `no-bucket`, `io`. WIT: `get-many`.
 */
export function getMany(bucket: Bucket, keys: string[]): (IncomingValue | undefined)[] {
  return asResult(() => {
    keys.forEach(checkKey);
    return storedBucket(bucket)
      .getMany(keys)
      .map((stored) => stored && new IncomingValue(stored));
  });
}

/**
 * Every key, in the byte order of its UTF-8. Throws `no-bucket`, `io`. WIT: `keys`, which returns
 * one list; `listKeys` iterates over any number of them.
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
    storedBucket(bucket).writeMany(
      keyValues.map(([key, value]) => ({ kind: 'put', key, upload: uploadOf(value) })),
    );
  });
}

/**
 * Deletes the keys that exist. Throws `invalid-key`, `no-bucket`, `full`, `io`, `read-only`, with
 * nothing deleted. WIT: `delete-many`.
 */
export function deleteMany(bucket: Bucket, keys: string[]): void {
  asResult(() => {
    keys.forEach(checkKey);
    storedBucket(bucket).writeMany(deletesOf(keys));
  });
}
