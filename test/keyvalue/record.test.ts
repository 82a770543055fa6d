import { describe, expect, test } from 'vitest';
import type { Bucket } from '../../src/keyvalue/bucket.js';
import type { Keyvalue } from '../../src/keyvalue/index.js';
import type { Condition } from '../../src/store/condition.js';
import { codeOf } from '../support/error-code.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { getText, getValue, setValue } from '../support/records.js';
import { bothStores } from './both-stores.js';

/** Kept beside the key, and in chunks. */
const sizes = [5, 300_000];

describe.each(bothStores)('a record $name', ({ open }) => {
  async function opened() {
    const keyvalue = await open();
    return { keyvalue, bucket: keyvalue.buckets.create('test') };
  }

  test('that is missing has no metadata', async () => {
    const { keyvalue, bucket } = await opened();
    expect(keyvalue.records.stat(bucket, 'missing')).toBeUndefined();
  });

  test('has its size, a version and the time it was written', async () => {
    const { keyvalue, bucket } = await opened();
    for (const size of [0, ...sizes]) {
      const before = Date.now();
      setValue(keyvalue, bucket, 'key', Buffer.alloc(size));
      const { modified, ...metadata } = keyvalue.records.stat(bucket, 'key')!;
      expect(metadata).toMatchObject({ size, version: expect.any(Number) });
      expect(modified).toBeGreaterThanOrEqual(before);
      expect(modified).toBeLessThanOrEqual(Date.now());
      expect(keyvalue.eventual.get(bucket, 'key')!.metadata).toMatchObject({ size, modified });
    }
  });

  test('is set on a condition that holds, and keeps its value where it does not', async () => {
    const { keyvalue, bucket } = await opened();
    const set = (text: string, condition?: Condition) =>
      setWhere(keyvalue, bucket, 'key', text, condition);
    const absent: Condition = { kind: 'absent' };
    const present: Condition = { kind: 'present' };
    const version = (number: number): Condition => ({ kind: 'version', version: number });

    expect(codeOf(() => set('no', present))).toBe('condition-failed');
    expect(codeOf(() => set('no', version(1)))).toBe('condition-failed');
    expect(keyvalue.eventual.exists(bucket, 'key')).toBe(false);

    const first = set('first', absent);
    expect(codeOf(() => set('no', absent))).toBe('condition-failed');
    expect(codeOf(() => set('no', version(first + 1)))).toBe('condition-failed');
    expect(getText(keyvalue, bucket, 'key')).toBe('first');
    expect(keyvalue.records.stat(bucket, 'key')!.version).toBe(first);

    const second = set('second', present);
    const third = set('third', version(second));
    expect(codeOf(() => set('no', version(second)))).toBe('condition-failed');
    expect(getText(keyvalue, bucket, 'key')).toBe('third');
    expect(keyvalue.records.stat(bucket, 'key')!.version).toBe(third);

    const fourth = set('fourth');
    expect(fourth).toBeGreaterThan(third);
    keyvalue.eventual.delete(bucket, 'key');
    expect(codeOf(() => set('no', version(fourth)))).toBe('condition-failed');
    set('anew', absent);
    expect(getText(keyvalue, bucket, 'key')).toBe('anew');
  });

  test.each(sizes)('of %i bytes is copied, and each copy stands for itself', async (size) => {
    const { keyvalue, bucket } = await opened();
    const other = keyvalue.buckets.create('other');
    const contents = patternedBytes(size);
    setValue(keyvalue, bucket, 'key', contents);
    const before = keyvalue.records.stat(bucket, 'key')!;
    keyvalue.records.copyRecord(bucket, 'key', bucket, 'copy');
    keyvalue.records.copyRecord(bucket, 'copy', other, 'key');
    expect(keyvalue.records.stat(bucket, 'key')).toEqual(before);
    expect(keyvalue.records.stat(other, 'key')!.version).toBeGreaterThan(before.version);
    keyvalue.eventual.delete(bucket, 'key');
    setValue(keyvalue, bucket, 'copy', 'overwritten');
    expect(getValue(keyvalue, other, 'key')!.equals(contents)).toBe(true);
    expect(getText(keyvalue, bucket, 'copy')).toBe('overwritten');
  });

  test.each(sizes)(
    'of %i bytes is moved over another one, and is gone where it was',
    async (size) => {
      const { keyvalue, bucket } = await opened();
      const other = keyvalue.buckets.create('other');
      const contents = patternedBytes(size);
      for (const [target, key] of [
        [bucket, 'moved'],
        [other, 'key'],
      ] as const) {
        setValue(keyvalue, bucket, 'key', contents);
        setValue(keyvalue, target, key, patternedBytes(400_000, 1));
        keyvalue.records.moveRecord(bucket, 'key', target, key);
        expect(keyvalue.eventual.exists(bucket, 'key')).toBe(false);
        expect(getValue(keyvalue, target, key)!.equals(contents)).toBe(true);
      }
    },
  );

  test('copied or moved onto itself stays as it is', async () => {
    const { keyvalue, bucket } = await opened();
    setValue(keyvalue, bucket, 'key', patternedBytes(300_000));
    const before = keyvalue.records.stat(bucket, 'key');
    keyvalue.records.copyRecord(bucket, 'key', bucket, 'key');
    keyvalue.records.moveRecord(bucket, 'key', bucket, 'key');
    expect(keyvalue.records.stat(bucket, 'key')).toEqual(before);
    expect(getValue(keyvalue, bucket, 'key')!.equals(patternedBytes(300_000))).toBe(true);
  });

  test('is not moved or copied onto itself where it is missing', async () => {
    const { keyvalue, bucket } = await opened();
    const { copyRecord, moveRecord } = keyvalue.records;
    for (const transfer of [copyRecord, moveRecord]) {
      expect(codeOf(() => transfer(bucket, 'missing', bucket, 'missing'))).toBe('absent');
      expect(codeOf(() => transfer(bucket, 'missing', bucket, 'other'))).toBe('absent');
    }
    expect(keyvalue.eventualBatch.keys(bucket)).toEqual([]);
  });

  test('is copied and moved only where the condition holds of the target', async () => {
    const { keyvalue, bucket } = await opened();
    setValue(keyvalue, bucket, 'key', 'value');
    setValue(keyvalue, bucket, 'taken', 'old');
    const { version } = keyvalue.records.stat(bucket, 'taken')!;
    const { copyRecord, moveRecord } = keyvalue.records;
    for (const transfer of [copyRecord, moveRecord]) {
      const to = (key: string, condition: Condition) =>
        codeOf(() => transfer(bucket, 'key', bucket, key, condition));
      expect(to('taken', { kind: 'absent' })).toBe('condition-failed');
      expect(to('free', { kind: 'present' })).toBe('condition-failed');
      expect(to('taken', { kind: 'version', version: version + 1 })).toBe('condition-failed');
      expect(keyvalue.eventualBatch.keys(bucket)).toEqual(['key', 'taken']);
      expect(getText(keyvalue, bucket, 'taken')).toBe('old');
    }
    copyRecord(bucket, 'key', bucket, 'free', { kind: 'absent' });
    moveRecord(bucket, 'key', bucket, 'taken', { kind: 'version', version });
    expect(keyvalue.eventualBatch.keys(bucket)).toEqual(['free', 'taken']);
    expect(getText(keyvalue, bucket, 'taken')).toBe('value');
  });

  test('is not copied into a bucket that is gone', async () => {
    const { keyvalue, bucket } = await opened();
    const other = keyvalue.buckets.create('other');
    setValue(keyvalue, bucket, 'key', patternedBytes(300_000));
    await keyvalue.buckets.delete('other');
    const { copyRecord, moveRecord } = keyvalue.records;
    for (const transfer of [copyRecord, moveRecord]) {
      expect(codeOf(() => transfer(bucket, 'key', other, 'key'))).toBe('no-bucket');
    }
    expect(getValue(keyvalue, bucket, 'key')!.equals(patternedBytes(300_000))).toBe(true);
  });

  test('is deleted among others, which are counted, all of them or none', async () => {
    const { keyvalue, bucket } = await opened();
    for (const key of ['a', 'b', 'c']) setValue(keyvalue, bucket, key, key);
    const { deleteRecords } = keyvalue.records;
    expect(codeOf(() => deleteRecords(bucket, ['a', 'b', '']))).toBe('invalid-key');
    expect(keyvalue.eventualBatch.keys(bucket)).toEqual(['a', 'b', 'c']);
    expect(deleteRecords(bucket, ['a', 'missing', 'c', 'a'])).toBe(2);
    expect(keyvalue.eventualBatch.keys(bucket)).toEqual(['b']);
  });

  test('has a good key in every function', async () => {
    const { keyvalue, bucket } = await opened();
    setValue(keyvalue, bucket, 'key', 'value');
    const { stat, copyRecord, moveRecord } = keyvalue.records;
    for (const bad of ['', 'k'.repeat(1979), '\ud800']) {
      expect(codeOf(() => stat(bucket, bad))).toBe('invalid-key');
      expect(codeOf(() => setWhere(keyvalue, bucket, bad, 'x'))).toBe('invalid-key');
      for (const transfer of [copyRecord, moveRecord]) {
        expect(codeOf(() => transfer(bucket, bad, bucket, 'other'))).toBe('invalid-key');
        expect(codeOf(() => transfer(bucket, 'key', bucket, bad))).toBe('invalid-key');
      }
    }
    expect(keyvalue.eventualBatch.keys(bucket)).toEqual(['key']);
  });
});

function setWhere(
  keyvalue: Keyvalue,
  bucket: Bucket,
  key: string,
  text: string,
  condition?: Condition,
): number {
  const value = keyvalue.types.OutgoingValue.newOutgoingValue();
  value.outgoingValueWriteBodySync(Buffer.from(text));
  return keyvalue.records.setWhere(bucket, key, value, { condition });
}
