/** One record: what is known of it, setting it on a condition, copying. Beyond the WIT. */
import { absentKey, KvError } from '../errors.js';
import type { Metadata, Version } from '../store/store.js';
import type { Bucket } from './bucket.js';
import { checkKey } from './names.js';
import type { OutgoingValue } from './outgoing-value.js';

/** What must hold of a key for a write to it; absent: nothing. */
export type Condition =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present' }
  | { readonly kind: 'version'; readonly version: Version };

/** What is known of a record, or undefined where there is no such key. Throws `invalid-key`. */
export function stat(bucket: Bucket, key: string): Metadata | undefined {
  checkKey(key);
  return bucket.stored.stat(key);
}

/**
 * Like `eventual.set`, where the condition holds in the same transaction; returns the new version.
 * Throws `condition-failed`, with the old value standing.
 */
export function setWhere(
  bucket: Bucket,
  key: string,
  value: OutgoingValue,
  condition?: Condition,
): Version {
  checkKey(key);
  return bucket.store.transaction(() => {
    checkCondition(bucket, key, condition);
    return value.storeAs(bucket.stored, key);
  });
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
  transfer(bucket, key, target, targetKey, 'copy', condition);
}

/** Like `copyRecord`, and the source is gone, in the same transaction. */
export function moveRecord(
  bucket: Bucket,
  key: string,
  target: Bucket,
  targetKey: string,
  condition?: Condition,
): void {
  bucket.store.transaction(() => {
    transfer(bucket, key, target, targetKey, 'rename', condition);
    if (bucket.name !== target.name || key !== targetKey) bucket.stored.delete(key);
  });
}

/** Deletes keys in one transaction; returns how many there were. Throws `invalid-key`. */
export function deleteRecords(bucket: Bucket, keys: Iterable<string>): number {
  return bucket.store.transaction(() => {
    let deleted = 0;
    for (const key of keys) {
      checkKey(key);
      if (bucket.stored.delete(key)) deleted++;
    }
    return deleted;
  });
}

/** Throws `condition-failed` where the condition does not hold of the key now, `invalid-key`. */
export function checkCondition(
  bucket: Bucket,
  key: string,
  condition: Condition | undefined,
  action = `set "${key}"`,
): void {
  checkKey(key);
  const state = condition && violation(condition, bucket.stored.stat(key));
  if (state) throw new KvError('condition-failed', `cannot ${action}: ${state}`);
}

function transfer(
  bucket: Bucket,
  key: string,
  target: Bucket,
  targetKey: string,
  verb: string,
  condition?: Condition,
): void {
  checkKey(key);
  checkKey(targetKey);
  const action = `${verb} "${key}"`;
  bucket.store.transaction(() => {
    if (bucket.stored.stat(key) === undefined) throw absentKey(action);
    checkCondition(target, targetKey, condition, `${action} to "${targetKey}"`);
    if (bucket.name === target.name && key === targetKey) return;
    bucket.stored.copy(key, target.stored, targetKey);
  });
}

function violation(condition: Condition, current: Metadata | undefined): string | undefined {
  switch (condition.kind) {
    case 'absent':
      return current && 'the key is there already';
    case 'present':
      return current ? undefined : 'there is no such key';
    case 'version':
      if (current === undefined) return 'there is no such key';
      return current.version === condition.version
        ? undefined
        : `its version is ${current.version}, not ${condition.version}`;
    default:
      return condition satisfies never;
  }
}
