import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Bucket } from '../../src/keyvalue/bucket.js';
import type { IncomingValue } from '../../src/keyvalue/incoming-value.js';
import { createKeyvalue, type Keyvalue } from '../../src/keyvalue/index.js';
import type { Store } from '../../src/store/store.js';
import { codeOf } from '../support/error-code.js';
import { openStoreAt, openTestStore } from '../support/open-test-store.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { getText, getValue, setValue } from '../support/records.js';
import { figuresOf, type StoreFigures } from '../support/store-figures.js';

const LARGE = 300_000;
const HUGE = 10_000_000;

/** What a store may differ by and still be as full as before: the lists of its free pages. */
const TOLERANCE_BYTES = 400_000;

async function opened(): Promise<{ store: Store; keyvalue: Keyvalue; bucket: Bucket }> {
  const store = await openTestStore();
  const keyvalue = createKeyvalue(store);
  return { store, keyvalue, bucket: keyvalue.buckets.create('test') };
}

const usedBytes = ({ fileSize, freeSize }: StoreFigures) => fileSize - freeSize;

/** Nothing is kept in chunks, and their pages are free. */
function expectNothingLeft(store: Store, before: StoreFigures): void {
  const after = figuresOf(store);
  expect(after).toMatchObject({ chunkedValues: 0, uploads: 0, keys: before.keys });
  expect(usedBytes(after) - usedBytes(before)).toBeLessThan(TOLERANCE_BYTES);
}

describe('the chunks of a value', () => {
  const ways: [string, (keyvalue: Keyvalue, bucket: Bucket) => void | Promise<void>][] = [
    ['deleted', ({ eventual }, bucket) => eventual.delete(bucket, 'key')],
    [
      'deleted with others',
      ({ eventualBatch }, bucket) => eventualBatch.deleteMany(bucket, ['key']),
    ],
    [
      'overwritten by a small one',
      (keyvalue, bucket) => {
        setValue(keyvalue, bucket, 'key', 'small');
        keyvalue.eventual.delete(bucket, 'key');
      },
    ],
    ['cleared with its bucket', ({ buckets }) => buckets.clear('test')],
    [
      'deleted with its bucket',
      async ({ buckets }) => {
        await buckets.delete('test');
        buckets.create('test');
      },
    ],
    [
      'moved over and deleted',
      (keyvalue, bucket) => {
        setValue(keyvalue, bucket, 'other', 'small');
        keyvalue.records.moveRecord(bucket, 'other', bucket, 'key');
        keyvalue.eventual.delete(bucket, 'key');
      },
    ],
  ];

  test.each(ways)('are given back when it is %s', async (_, remove) => {
    const { store, keyvalue, bucket } = await opened();
    const before = figuresOf(store);
    setValue(keyvalue, bucket, 'key', patternedBytes(HUGE));
    expect(figuresOf(store)).toMatchObject({ chunkedValues: 1, uploads: 0, keys: before.keys + 1 });
    expect(usedBytes(figuresOf(store)) - usedBytes(before)).toBeGreaterThan(HUGE);
    await remove(keyvalue, bucket);
    expectNothingLeft(store, before);
  });

  test('are used again, so that overwriting does not make the file grow for ever', async () => {
    const { store, keyvalue, bucket } = await opened();
    for (let round = 0; round < 3; round++) setValue(keyvalue, bucket, 'key', patternedBytes(HUGE));
    const { fileSize } = figuresOf(store);
    for (let round = 0; round < 10; round++) {
      setValue(keyvalue, bucket, 'key', patternedBytes(HUGE, round));
    }
    expect(figuresOf(store).fileSize).toBeLessThan(1.2 * fileSize);
    expect(getValue(keyvalue, bucket, 'key')!.equals(patternedBytes(HUGE, 9))).toBe(true);
  });

  test('of small and of no size take none', async () => {
    const { store, keyvalue, bucket } = await opened();
    for (const size of [0, 1, 65_536]) setValue(keyvalue, bucket, `of ${size}`, Buffer.alloc(size));
    expect(figuresOf(store)).toMatchObject({ chunkedValues: 0, uploads: 0, keys: 3 });
    setValue(keyvalue, bucket, 'larger', Buffer.alloc(65_537));
    expect(figuresOf(store)).toMatchObject({ chunkedValues: 1, uploads: 0, keys: 4 });
  });

  test.each([LARGE, HUGE])(
    'of %i bytes are shared by copies, and go with the last',
    async (size) => {
      const { store, keyvalue, bucket } = await opened();
      const before = figuresOf(store);
      const contents = patternedBytes(size);
      setValue(keyvalue, bucket, 'a', contents);
      const one = figuresOf(store);
      keyvalue.records.copyRecord(bucket, 'a', bucket, 'b');
      await keyvalue.buckets.copy('test', 'copy');
      expect(figuresOf(store)).toMatchObject({ chunkedValues: 1, keys: 4 });
      expect(usedBytes(figuresOf(store)) - usedBytes(one)).toBeLessThan(TOLERANCE_BYTES);

      keyvalue.eventual.delete(bucket, 'a');
      expect(getValue(keyvalue, bucket, 'b')!.equals(contents)).toBe(true);
      setValue(keyvalue, bucket, 'b', 'small');
      const copy = keyvalue.types.Bucket.openBucket('copy');
      expect(getValue(keyvalue, copy, 'a')!.equals(contents)).toBe(true);
      keyvalue.records.moveRecord(copy, 'a', bucket, 'a');
      await keyvalue.buckets.delete('copy');
      expect(getValue(keyvalue, bucket, 'a')!.equals(contents)).toBe(true);
      expect(figuresOf(store)).toMatchObject({ chunkedValues: 1, uploads: 0 });
      await keyvalue.buckets.clear('test');
      expectNothingLeft(store, before);
    },
  );

  test('are not given back to a reader, who reads on, but when it has ended', async () => {
    const { store, keyvalue, bucket } = await opened();
    setValue(keyvalue, bucket, 'key', patternedBytes(HUGE));
    const value = keyvalue.eventual.get(bucket, 'key')!;
    for (let round = 0; round < 5; round++) {
      setValue(keyvalue, bucket, 'key', patternedBytes(HUGE, 1 + round));
    }
    const bytes = keyvalue.types.IncomingValue.incomingValueConsumeSync(value);
    expect(Buffer.compare(bytes, patternedBytes(HUGE))).toBe(0);
    const { fileSize } = figuresOf(store);
    for (let round = 0; round < 5; round++) setValue(keyvalue, bucket, 'key', patternedBytes(HUGE));
    expect(figuresOf(store).fileSize).toBe(fileSize);
  });
});

describe('the chunks of an upload', () => {
  test.each([LARGE, HUGE])('of %i bytes are given back when it is dropped', async (size) => {
    const { store, keyvalue } = await opened();
    const before = figuresOf(store);
    const value = keyvalue.types.OutgoingValue.newOutgoingValue();
    value.outgoingValueWriteBodySync(patternedBytes(size));
    expect(figuresOf(store)).toMatchObject({ chunkedValues: 0, uploads: size === HUGE ? 1 : 0 });
    value[Symbol.dispose]();
    expectNothingLeft(store, before);
  });

  test('stay while it lasts, whatever else is deleted', async () => {
    const { store, keyvalue, bucket } = await opened();
    const value = keyvalue.types.OutgoingValue.newOutgoingValue();
    const contents = patternedBytes(2 * HUGE);
    value.outgoingValueWriteBodySync(contents.subarray(0, HUGE));
    setValue(keyvalue, bucket, 'other', patternedBytes(HUGE, 1));
    keyvalue.eventual.delete(bucket, 'other');
    keyvalue.eventual.set(bucket, 'key', value);
    keyvalue.eventual.delete(bucket, 'key');
    expect(figuresOf(store)).toMatchObject({ chunkedValues: 0, uploads: 1 });
    value.outgoingValueWriteBodySync(contents.subarray(HUGE));
    keyvalue.eventual.set(bucket, 'key', value);
    value[Symbol.dispose]();
    expect(figuresOf(store)).toMatchObject({ chunkedValues: 1, uploads: 0 });
    expect(getValue(keyvalue, bucket, 'key')!.equals(contents)).toBe(true);
  });

  test('that were written after the last set() are given back when it is dropped', async () => {
    const { store, keyvalue, bucket } = await opened();
    const value = keyvalue.types.OutgoingValue.newOutgoingValue();
    const contents = patternedBytes(HUGE);
    value.outgoingValueWriteBodySync(contents);
    keyvalue.eventual.set(bucket, 'key', value);
    const set = figuresOf(store);
    value.outgoingValueWriteBodySync(patternedBytes(2 * HUGE));
    value[Symbol.dispose]();
    expect(figuresOf(store)).toMatchObject({ chunkedValues: 1, uploads: 0 });
    expect(usedBytes(figuresOf(store)) - usedBytes(set)).toBeLessThan(TOLERANCE_BYTES);
    expect(getValue(keyvalue, bucket, 'key')!.equals(contents)).toBe(true);
  });
});

describe('a transaction that fails', () => {
  test.each([10, LARGE, HUGE])('leaves nothing of values of %i bytes', async (size) => {
    const { store, keyvalue, bucket } = await opened();
    setValue(keyvalue, bucket, 'key', patternedBytes(LARGE, 1));
    const before = figuresOf(store);
    const failing = () =>
      store.transaction(async () => {
        setValue(keyvalue, keyvalue.buckets.create('new'), 'key', patternedBytes(size));
        setValue(keyvalue, bucket, 'key', patternedBytes(size));
        keyvalue.records.copyRecord(bucket, 'key', bucket, 'copy');
        throw new Error('undone');
      });
    for (let round = 0; round < 3; round++) await expect(failing()).rejects.toThrow('undone');
    const after = figuresOf(store);
    expect(after).toMatchObject({ buckets: 1, keys: 1, chunkedValues: 1, uploads: 0 });
    expect(usedBytes(after) - usedBytes(before)).toBeLessThan(TOLERANCE_BYTES);
    expect(getValue(keyvalue, bucket, 'key')!.equals(patternedBytes(LARGE, 1))).toBe(true);
    keyvalue.eventual.delete(bucket, 'key');
    expect(figuresOf(store)).toMatchObject({ keys: 0, chunkedValues: 0, uploads: 0 });
  });

  test('and was nested leaves nothing in the one around it', async () => {
    const { store, keyvalue, bucket } = await opened();
    const before = figuresOf(store);
    await store.transaction(async () => {
      setValue(keyvalue, bucket, 'kept', patternedBytes(LARGE));
      const inner = () =>
        store.transaction(async () => {
          setValue(keyvalue, bucket, 'kept', patternedBytes(LARGE, 1));
          setValue(keyvalue, bucket, 'lost', patternedBytes(HUGE));
          throw new Error('undone');
        });
      await expect(inner()).rejects.toThrow('undone');
    });
    expect(keyvalue.eventualBatch.keys(bucket)).toEqual(['kept']);
    expect(figuresOf(store)).toMatchObject({ chunkedValues: 1, uploads: 0 });
    expect(getValue(keyvalue, bucket, 'kept')!.equals(patternedBytes(LARGE))).toBe(true);
    keyvalue.eventual.delete(bucket, 'kept');
    expectNothingLeft(store, before);
  });

  test('takes the part of an upload with it that was written in it', async () => {
    const { store, keyvalue, bucket } = await opened();
    const value = keyvalue.types.OutgoingValue.newOutgoingValue();
    const failing = () =>
      store.transaction(async () => {
        value.outgoingValueWriteBodySync(patternedBytes(HUGE));
        keyvalue.eventual.set(bucket, 'key', value);
        throw new Error('undone');
      });
    await expect(failing()).rejects.toThrow('undone');
    // The next upload must not be given what this one had, nor lose it when this one is dropped.
    const next = keyvalue.types.OutgoingValue.newOutgoingValue();
    next.outgoingValueWriteBodySync(patternedBytes(HUGE, 1));
    expect(() => keyvalue.eventual.set(bucket, 'key', value)).toThrow();
    value[Symbol.dispose]();
    keyvalue.eventual.set(bucket, 'next', next);
    next[Symbol.dispose]();
    expect(keyvalue.eventualBatch.keys(bucket)).toEqual(['next']);
    expect(getValue(keyvalue, bucket, 'next')!.equals(patternedBytes(HUGE, 1))).toBe(true);
    keyvalue.eventual.delete(bucket, 'next');
    expect(figuresOf(store)).toMatchObject({ chunkedValues: 0, uploads: 0 });
  });
});

describe('within a transaction', () => {
  test('a value that was got before is read as it was', async () => {
    const { store, keyvalue, bucket } = await opened();
    setValue(keyvalue, bucket, 'key', patternedBytes(LARGE));
    const value = keyvalue.eventual.get(bucket, 'key')!;
    await store.transaction(async () => {
      setValue(keyvalue, bucket, 'key', patternedBytes(LARGE, 1));
      const bytes = keyvalue.types.IncomingValue.incomingValueConsumeSync(value);
      expect(Buffer.compare(bytes, patternedBytes(LARGE))).toBe(0);
      expect(getValue(keyvalue, bucket, 'key')!.equals(patternedBytes(LARGE, 1))).toBe(true);
    });
  });

  test('a value that is got and then overwritten is read as it was', async () => {
    const { store, keyvalue, bucket } = await opened();
    setValue(keyvalue, bucket, 'key', patternedBytes(LARGE));
    await store.transaction(async () => {
      const value = keyvalue.eventual.get(bucket, 'key')!;
      setValue(keyvalue, bucket, 'key', patternedBytes(LARGE, 1));
      const bytes = keyvalue.types.IncomingValue.incomingValueConsumeSync(value);
      expect(Buffer.compare(bytes, patternedBytes(LARGE))).toBe(0);
    });
    expect(figuresOf(store)).toMatchObject({ chunkedValues: 1, uploads: 0 });
  });
});

test('a bucket is opened for the first time while a value of another one is being read', async () => {
  const first = await opened();
  setValue(first.keyvalue, first.bucket, 'key', patternedBytes(LARGE));
  const other = first.keyvalue.buckets.create('other');
  setValue(first.keyvalue, other, 'key', 'value');
  await first.store.close();
  for (const mode of ['read', 'write'] as const) {
    const store = await openStoreAt(first.store.path, mode);
    const keyvalue = createKeyvalue(store);
    const test = keyvalue.types.Bucket.openBucket('test');
    const value = keyvalue.eventual.get(test, 'key')!;
    const reopened = keyvalue.types.Bucket.openBucket('other');
    if (mode === 'write') setValue(keyvalue, reopened, 'key', 'written');
    else expect(getText(keyvalue, reopened, 'key')).toBe('value');
    const bytes = keyvalue.types.IncomingValue.incomingValueConsumeSync(value);
    expect(Buffer.compare(bytes, patternedBytes(LARGE))).toBe(0);
    await store.close();
  }
});

test('more values cannot be held open than there are places for readers: busy', async () => {
  const first = await opened();
  setValue(first.keyvalue, first.bucket, 'key', patternedBytes(70_000));
  await first.store.close();
  // A small table of readers, as LMDB makes it by itself.
  writeFileSync(join(first.store.path, 'lock.mdb'), Buffer.alloc(8192));
  const store = await openStoreAt(first.store.path);
  const keyvalue = createKeyvalue(store);
  const bucket = keyvalue.types.Bucket.openBucket('test');
  const values: IncomingValue[] = [];
  const hold = () => {
    for (let index = 0; index < 300; index++) {
      // A snapshot of its own for each one.
      setValue(keyvalue, bucket, 'other', `${index}`);
      values.push(keyvalue.eventual.get(bucket, 'key')!);
    }
  };
  expect(codeOf(hold)).toBe('busy');
  expect(values.length).toBeGreaterThan(50);
  for (const value of values) value[Symbol.dispose]();
  expect(getText(keyvalue, bucket, 'other')).toBe(`${values.length}`);
  expect(getValue(keyvalue, bucket, 'key')!.equals(patternedBytes(70_000))).toBe(true);
});
