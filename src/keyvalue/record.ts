/** One record: what is known of it, setting and deleting it on a condition, copying. Beyond the WIT. */
import { absentKey, KvError } from '../errors.js';
import { type Condition, Unmet, unmet } from '../store/condition.js';
import type { Metadata, Version } from '../store/record.js';
import type { WorkOptions } from '../store/store.js';
import { type Bucket, storedBucket } from './bucket.js';
import { rangeOf } from './listing.js';
import { checkKey } from './names.js';
import { type OutgoingValue, uploadOf } from './outgoing-value.js';

/** What is known of a record, or undefined where there is no such key. Throws `invalid-key`. */
export function stat(bucket: Bucket, key: string): Metadata | undefined {
  checkKey(key);
  return storedBucket(bucket).stat(key);
}

/**
 * Like `eventual.set`, where the condition holds in the same step; returns the new version. Throws
 * `condition-failed`, with the old value standing.
 */
export function setWhere(
  bucket: Bucket,
  key: string,
  value: OutgoingValue,
  condition?: Condition,
): Version {
  checkKey(key);
  return met(storedBucket(bucket).put(key, uploadOf(value), { condition }), `set "${key}"`);
}

/**
 * Makes `targetKey` of `target` hold the value of `key`; chunks are shared, not copied. Throws
 * `absent` where there is no such key, `condition-failed`, `invalid-key`.
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

/** Like `copyRecord`, and the source is gone, in the same step. */
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
 * Deletes keys, in one transaction where the store has those; returns how many there were. Throws
 * `invalid-key`.
 */
export function deleteRecords(bucket: Bucket, keys: Iterable<string>): number {
  return storedBucket(bucket).writeMany(deletesOf(keys));
}

/**
 * Deletes the keys that begin with `prefix`, in one transaction where the store has those; resolves to
 * how many there were. Throws `invalid-key`, the reason of the signal.
 */
export async function deletePrefix(
  bucket: Bucket,
  prefix: string,
  options?: WorkOptions,
): Promise<number> {
  return storedBucket(bucket).deleteRange(rangeOf({ prefix }), options);
}

/**
 * Whether the condition holds of the key now, which it may no longer do in the write that comes
 * later. Throws `condition-failed`, `invalid-key`.
 */
export function checkCondition(
  bucket: Bucket,
  key: string,
  condition: Condition | undefined,
): void {
  const current = stat(bucket, key);
  if (condition) met(unmet(condition, current), `set "${key}"`);
}

/** A delete of each key. Throws `invalid-key` while it is gone through. */
export function* deletesOf(keys: Iterable<string>) {
  for (const key of keys) {
    checkKey(key);
    yield { kind: 'delete', key } as const;
  }
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

/** What came of a write. Throws `condition-failed` where it was not made. */
function met<T>(outcome: T | Unmet, action: string): T {
  if (!(outcome instanceof Unmet)) return outcome;
  throw new KvError('condition-failed', `cannot ${action}: ${outcome.state}`);
}
