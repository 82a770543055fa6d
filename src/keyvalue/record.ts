/** One record: its metadata, conditional set and delete, copying. Beyond the WIT. */
import { absentKey, KvError } from '../errors.js';
import { type Condition, Unmet, unmet } from '../store/condition.js';
import { EXPIRES_LIMIT, type Metadata, type Milliseconds, type Version } from '../store/record.js';
import type { Appended, PutOptions, WorkOptions } from '../store/store.js';
import { type Bucket, storedBucket } from './bucket.js';
import { rangeOf } from './listing.js';
import { checkKey } from './names.js';
import { type OutgoingValue, uploadOf } from './outgoing-value.js';

/** The metadata of a record, or undefined for a missing key. Throws `invalid-key`. */
export function stat(bucket: Bucket, key: string): Metadata | undefined {
  checkKey(key);
  return storedBucket(bucket).stat(key);
}

/**
 * Like `eventual.set`, but with a condition that has to hold in the same step, and with an expiry;
 * returns the new version. Throws `condition-failed`, and then the old value stays, and `usage` for
 * a time after the year 9999.
 */
export function setWhere(
  bucket: Bucket,
  key: string,
  value: OutgoingValue,
  options: PutOptions = {},
): Version {
  checkKey(key);
  checkExpires(options.expires);
  return met(storedBucket(bucket).put(key, uploadOf(value), options), `set "${key}"`);
}

/**
 * Appends what the outgoing value has accepted so far to the value of a key, in one step; a missing
 * key counts as empty. The expiry stays. Returns the new version and size. Throws `invalid-key`.
 */
export function append(bucket: Bucket, key: string, value: OutgoingValue): Appended {
  checkKey(key);
  return storedBucket(bucket).append(key, uploadOf(value));
}

/**
 * Sets when a record expires, undefined for never; with a time in the past the key is absent at
 * once. Returns whether the key existed. Throws `usage` for a time after the year 9999,
 * `invalid-key`.
 */
export function expire(bucket: Bucket, key: string, expires: Milliseconds | undefined): boolean {
  checkKey(key);
  checkExpires(expires);
  return storedBucket(bucket).expire(key, expires);
}

/** Throws `usage` for a time after the year 9999. */
export function checkExpires(expires: PutOptions['expires']): void {
  if (expires === undefined || expires === 'kept' || expires <= EXPIRES_LIMIT) return;
  throw new KvError('usage', 'no record can expire after the year 9999', {
    hint: 'try: never, or no time at all, for what does not expire',
  });
}

/**
 * Deletes a key if the condition holds in the same step; returns whether it existed. Throws
 * `condition-failed`, and then the record stays, `invalid-key`.
 */
export function deleteWhere(bucket: Bucket, key: string, condition: Condition): boolean {
  checkKey(key);
  return met(storedBucket(bucket).delete(key, condition), `delete "${key}"`);
}

/**
 * Sets `targetKey` of `target` to the value of `key`; chunks are shared, not copied. Throws
 * `absent` for a missing key, `condition-failed`, `invalid-key`.
 */
export function copyRecord(
  bucket: Bucket,
  key: string,
  target: Bucket,
  targetKey: string,
  condition?: Condition,
): void {
  transfer('copy', bucket, key, target, targetKey, condition);
}

/** Like `copyRecord`, and deletes the source in the same step. */
export function moveRecord(
  bucket: Bucket,
  key: string,
  target: Bucket,
  targetKey: string,
  condition?: Condition,
): void {
  transfer('move', bucket, key, target, targetKey, condition);
}

/**
 * Subtracts `delta` from a counter and returns the difference; a missing key counts as 0. Throws,
 * with nothing changed, `overflow` below 0, `not-a-counter`, `invalid-key`.
 */
export function decrement(bucket: Bucket, key: string, delta: bigint): bigint {
  checkKey(key);
  return storedBucket(bucket).increment(key, -delta);
}

/**
 * Deletes keys, in one transaction if the store has transactions; returns how many existed. Throws
 * `invalid-key`.
 */
export function deleteRecords(bucket: Bucket, keys: Iterable<string>): number {
  return storedBucket(bucket).writeMany(deletesOf(keys));
}

/**
 * Deletes the keys that begin with `prefix`, in one transaction if the store has transactions;
 * resolves to their number. Throws `invalid-key`, the signal's reason.
 */
export async function deletePrefix(
  bucket: Bucket,
  prefix: string,
  options?: WorkOptions,
): Promise<number> {
  return storedBucket(bucket).deleteRange(rangeOf({ prefix }), options);
}

/**
 * Checks the condition now; it may no longer hold at a later write. Throws `condition-failed`,
 * `invalid-key`.
 */
export function checkCondition(
  bucket: Bucket,
  key: string,
  condition: Condition | undefined,
): void {
  checkKey(key);
  if (condition === undefined) return;
  const current = storedBucket(bucket).get(key);
  try {
    met(unmet(condition, current), `set "${key}"`);
  } finally {
    current?.close();
  }
}

/** A deletion for each key. Throws `invalid-key`. */
export function deletesOf(keys: Iterable<string>) {
  return Array.from(keys, (key) => {
    checkKey(key);
    return { kind: 'delete', key } as const;
  });
}

function transfer(
  way: 'copy' | 'move',
  bucket: Bucket,
  key: string,
  target: Bucket,
  targetKey: string,
  condition?: Condition,
): void {
  checkKey(key);
  checkKey(targetKey);
  const action = `${way === 'copy' ? 'copy' : 'rename'} "${key}"`;
  const place = { bucket: target.name, key: targetKey };
  const version = storedBucket(bucket)[way](key, place, condition);
  if (version === undefined) throw absentKey(action);
  met(version, `${action} to "${targetKey}"`);
}

/** The result of a conditional write. Throws `condition-failed` if the condition did not hold. */
export function met<T>(outcome: T | Unmet, action: string): T {
  if (!(outcome instanceof Unmet)) return outcome;
  throw new KvError('condition-failed', `cannot ${action}: ${outcome.state}`);
}
