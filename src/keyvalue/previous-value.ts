/** Writes that return the value that they replace, in the same step. Beyond the WIT. */
import { type Condition, Unmet, unmet } from '../store/condition.js';
import type { StoredValue, Version } from '../store/record.js';
import type { PutOptions, StoreBucket } from '../store/store.js';
import { type Bucket, storedBucket } from './bucket.js';
import { IncomingValue } from './incoming-value.js';
import { listKeys } from './listing.js';
import { checkKey } from './names.js';
import { type OutgoingValue, uploadOf } from './outgoing-value.js';
import { checkExpires, met } from './record.js';

export interface Replaced {
  readonly version: Version;
  /** The value before; undefined for a key that did not exist. */
  readonly previous: IncomingValue | undefined;
}

export interface Taken {
  readonly key: string;
  readonly value: IncomingValue;
}

/**
 * Deletes a key and returns its value, which nobody else gets; undefined for a missing key. Throws
 * `invalid-key`.
 */
export function take(bucket: Bucket, key: string): IncomingValue | undefined {
  checkKey(key);
  const stored = storedBucket(bucket);
  const { previous } = replace(stored, key, undefined, `take "${key}"`, (condition) =>
    condition.kind === 'absent' ? false : stored.delete(key, condition),
  );
  return previous && new IncomingValue(previous);
}

/**
 * The same for the first key that begins with `prefix`, undefined if there is none: a queue, in
 * which no two callers get the same value.
 */
export function takeFirst(bucket: Bucket, prefix: string): Taken | undefined {
  for (;;) {
    const [key] = listKeys(bucket, { prefix, limit: 1 });
    if (key === undefined) return undefined;
    const value = take(bucket, key);
    if (value !== undefined) return { key, value };
  }
}

/**
 * Like `setWhere`, and returns the value before. Throws `condition-failed`, `invalid-key`, `usage`.
 */
export function setAndGet(
  bucket: Bucket,
  key: string,
  value: OutgoingValue,
  { condition, expires }: PutOptions = {},
): Replaced {
  checkKey(key);
  checkExpires(expires);
  const stored = storedBucket(bucket);
  const upload = uploadOf(value);
  const { outcome, previous } = replace(stored, key, condition, `set "${key}"`, (unchanged) =>
    stored.put(key, upload, { condition: unchanged, expires }),
  );
  return { version: outcome, previous: previous && new IncomingValue(previous) };
}

/**
 * Reads a value and writes on the condition that the record has not changed, until that succeeds:
 * at each failure another writer has succeeded. So a value of any size is read in place, and no
 * lock is held meanwhile.
 */
function replace<T>(
  bucket: StoreBucket,
  key: string,
  condition: Condition | undefined,
  action: string,
  write: (unchanged: Condition) => T | Unmet,
): { outcome: T; previous: StoredValue | undefined } {
  for (;;) {
    const previous = bucket.get(key);
    let isKept = false;
    try {
      if (condition) met(unmet(condition, previous), action);
      const outcome = write(
        previous ? { kind: 'version', version: previous.version } : { kind: 'absent' },
      );
      isKept = !(outcome instanceof Unmet);
      if (!(outcome instanceof Unmet)) return { outcome, previous };
    } finally {
      if (!isKept) previous?.close();
    }
  }
}
