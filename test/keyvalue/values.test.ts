import { describe, expect, test } from 'vitest';
import { codeOf } from '../support/error-code.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { getText, setValue } from '../support/records.js';
import { bothStores } from './both-stores.js';

describe.each(bothStores)('a value $name', ({ open }) => {
  test.each([5, 300_000])('of %i bytes is consumed once only, either way', async (size) => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    setValue(keyvalue, bucket, 'key', patternedBytes(size));
    const { incomingValueConsumeSync, incomingValueConsumeAsync } = keyvalue.types.IncomingValue;
    const ways = [incomingValueConsumeSync, incomingValueConsumeAsync];
    for (const first of ways) {
      for (const second of ways) {
        const value = keyvalue.eventual.get(bucket, 'key')!;
        first(value);
        expect(codeOf(() => second(value))).toBe('consumed');
        expect(value.incomingValueSize()).toBe(BigInt(size));
      }
    }
  });

  test('that has been dropped is consumed no more', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    setValue(keyvalue, bucket, 'key', patternedBytes(300_000));
    const value = keyvalue.eventual.get(bucket, 'key')!;
    value[Symbol.dispose]();
    value[Symbol.dispose]();
    const { incomingValueConsumeSync } = keyvalue.types.IncomingValue;
    expect(codeOf(() => incomingValueConsumeSync(value))).toBe('consumed');
  });

  test('that is being written and has been dropped is neither written nor set any more', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    setValue(keyvalue, bucket, 'key', 'before');
    for (const size of [10, 300_000, 5_000_000]) {
      const value = keyvalue.types.OutgoingValue.newOutgoingValue();
      value.outgoingValueWriteBodySync(patternedBytes(size));
      value[Symbol.dispose]();
      value[Symbol.dispose]();
      expect(() => value.outgoingValueWriteBodySync(Buffer.of(1))).toThrow();
      expect(() => keyvalue.eventual.set(bucket, 'key', value)).toThrow();
    }
    expect(getText(keyvalue, bucket, 'key')).toBe('before');
  });
});

describe.each(bothStores)('what is thrown $name', ({ open }) => {
  test('carries the code that a script can tell apart', async () => {
    const keyvalue = await open();
    const { eventual, eventualBatch, atomic, types } = keyvalue;
    const bucket = keyvalue.buckets.create('test');
    setValue(keyvalue, bucket, 'text', 'text');
    setValue(keyvalue, bucket, 'most', '18446744073709551615');
    setValue(keyvalue, bucket, 'beyond', '18446744073709551616');
    expect(codeOf(() => types.Bucket.openBucket('nowhere'))).toBe('no-bucket');
    expect(codeOf(() => types.Bucket.openBucket(''))).toBe('invalid-bucket');
    expect(codeOf(() => eventual.get(bucket, ''))).toBe('invalid-key');
    expect(codeOf(() => eventualBatch.getMany(bucket, ['\ud800']))).toBe('invalid-key');
    expect(codeOf(() => atomic.increment(bucket, 'text', 1n))).toBe('not-a-counter');
    expect(codeOf(() => atomic.increment(bucket, 'most', 1n))).toBe('overflow');
    expect(codeOf(() => atomic.increment(bucket, 'beyond', 0n))).toBe('not-a-counter');
    for (const outside of [-1n, 2n ** 64n]) {
      expect(codeOf(() => atomic.increment(bucket, 'new', outside))).toBe('overflow');
      expect(codeOf(() => atomic.compareAndSwap(bucket, 'most', outside, 1n))).toBe('overflow');
      expect(codeOf(() => atomic.compareAndSwap(bucket, 'most', 1n, outside))).toBe('overflow');
    }
    expect(eventualBatch.keys(bucket)).toEqual(['beyond', 'most', 'text']);
  });

  test('within a transaction rolls it back, nested ones alone', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    const { store } = keyvalue;
    await store.transaction(async () => {
      setValue(keyvalue, bucket, 'outer', '1');
      const inner = () =>
        store.transaction(async () => {
          setValue(keyvalue, bucket, 'outer', '2');
          setValue(keyvalue, bucket, 'inner', patternedBytes(300_000));
          keyvalue.buckets.create('inner');
          expect(getText(keyvalue, bucket, 'outer')).toBe('2');
          throw new Error('inner');
        });
      await expect(inner()).rejects.toThrow('inner');
      expect(getText(keyvalue, bucket, 'outer')).toBe('1');
      expect(keyvalue.buckets.exists('inner')).toBe(false);
      setValue(keyvalue, bucket, 'after', '3');
    });
    expect(keyvalue.eventualBatch.keys(bucket)).toEqual(['after', 'outer']);
    expect(getText(keyvalue, bucket, 'outer')).toBe('1');
    const outer = () =>
      store.transaction(async () => {
        await store.transaction(async () =>
          setValue(keyvalue, bucket, 'kept by the inner', 'lost'),
        );
        keyvalue.eventual.delete(bucket, 'outer');
        throw new Error('outer');
      });
    await expect(outer()).rejects.toThrow('outer');
    expect(keyvalue.eventualBatch.keys(bucket)).toEqual(['after', 'outer']);
  });

  test('undoes the dropping, clearing and renaming of buckets with the rest', async () => {
    const keyvalue = await open();
    const { buckets } = keyvalue;
    const names = ['cleared', 'dropped', 'renamed'];
    for (const name of names) {
      setValue(keyvalue, buckets.create(name), 'key', patternedBytes(300_000));
    }
    const dropped = keyvalue.types.Bucket.openBucket('dropped');
    const failing = () =>
      keyvalue.store.transaction(async () => {
        await buckets.delete('dropped');
        await buckets.clear('cleared');
        buckets.rename('renamed', 'elsewhere');
        buckets.create('dropped');
        throw new Error('no');
      });
    await expect(failing()).rejects.toThrow('no');
    expect(buckets.list().map(({ name, keys }) => [name, keys])).toEqual(
      names.map((name) => [name, 1]),
    );
    for (const name of names) {
      const bucket = keyvalue.types.Bucket.openBucket(name);
      const value = keyvalue.eventual.get(bucket, 'key')!;
      const bytes = keyvalue.types.IncomingValue.incomingValueConsumeSync(value);
      expect(Buffer.compare(bytes, patternedBytes(300_000))).toBe(0);
      setValue(keyvalue, bucket, 'key', 'after');
    }
    expect(getText(keyvalue, dropped, 'key')).toBe('after');
  });
});
