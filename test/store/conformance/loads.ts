import { expect, test } from 'vitest';
import type { RecordBatch } from '../../../src/store/record-batch.js';
import { codeOfRejected } from '../../support/error-code.js';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { spanOf } from '../../support/record-span.js';
import { bytesOf, keysOf, type Open, put, textOf } from './subject.js';

type Pair = readonly [key: string, value: string | Uint8Array];

export function loads(open: Open): void {
  test.each([
    ['ascending keys', ['a', 'b', 'c']],
    ['keys in no order', ['c', 'a', 'b']],
  ])('load() sets %s', async (_, keys) => {
    const bucket = (await open()).createBucket('test');
    const pairs = keys.map((key) => [key, `of ${key}`] as const);
    expect(await bucket.load(filled(bucket.batch(), pairs), 'overwrite')).toEqual([]);
    expect(keysOf(bucket)).toEqual(['a', 'b', 'c']);
    expect(textOf(bucket, 'b')).toBe('of b');
  });

  test('load() has the later of two with one key stand', async () => {
    const bucket = (await open()).createBucket('test');
    const pairs: Pair[] = [
      ['k', 'first'],
      ['a', ''],
      ['k', 'second'],
    ];
    expect(await bucket.load(filled(bucket.batch(), pairs), 'overwrite')).toEqual([]);
    expect(textOf(bucket, 'k')).toBe('second');
    expect(textOf(bucket, 'a')).toBe('');
  });

  test('load() takes values of any size, over others of any size', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    const lengths = [0, 10, 65_536, 65_537, 600_000];
    for (const round of [0, 1]) {
      const pairs = lengths.map((length, index): Pair => {
        const size = lengths[(index + round) % lengths.length]!;
        return [`${length}`, patternedBytes(size, round)];
      });
      await bucket.load(filled(bucket.batch(), pairs), 'overwrite');
      for (const [key, value] of pairs) {
        expect(bytesOf(bucket, key)!.equals(value as Uint8Array)).toBe(true);
      }
    }
    expect(bucket.count()).toBe(lengths.length);
  });

  test('load() gives each record a version of its own, after those before', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    const before = put(store, bucket, 'a', 'value');
    await bucket.load(
      filled(bucket.batch(), [
        ['a', ''],
        ['b', ''],
      ]),
      'overwrite',
    );
    const versions = ['a', 'b'].map((key) => bucket.stat(key)!.version);
    expect(new Set([before, ...versions]).size).toBe(3);
    expect(Math.min(...versions)).toBeGreaterThan(before);
  });

  test.each([100, 70_000])('load() keeps a key that is there, of %i bytes', async (size) => {
    const store = await open();
    const bucket = store.createBucket('test');
    put(store, bucket, 'b', 'old');
    const new_ = Buffer.alloc(size, 'n');
    const pairs: Pair[] = ['d', 'b', 'a', 'a', 'c'].map((key) => [key, new_]);
    expect(await bucket.load(filled(bucket.batch(), pairs), 'keep')).toEqual([1, 3]);
    expect(keysOf(bucket)).toEqual(['a', 'b', 'c', 'd']);
    expect(textOf(bucket, 'b')).toBe('old');
    const more: Pair[] = ['e', 'b', 'f'].map((key) => [key, new_]);
    expect(await bucket.load(filled(bucket.batch(), more), 'stop')).toEqual([1]);
    expect(keysOf(bucket)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test.each(['overwrite', 'keep'] as const)(
    'load() to %s of keys of which some are there',
    async (existing) => {
      const store = await open();
      const bucket = store.createBucket('test');
      const sizes = [0, 3, 40, 100, 2000, 70_000];
      const sizeOf = (number: number) => sizes[(number * 7) % sizes.length]!;
      const keyOf = (number: number) => 'key '.repeat(number % 3) + number;
      const held = new Map<string, Uint8Array>();
      // In stretches that are there, and stretches that are not, with some keys twice.
      for (const [round, numbers] of [
        [20, 60, 61, 62, 90],
        Array.from({ length: 120 }, (_, at) => at),
      ].entries()) {
        const pairs = [...numbers, ...numbers.slice(3, 9)].map(
          (number, at): Pair => [keyOf(number), patternedBytes(sizeOf(number + round + at), at)],
        );
        const refused: number[] = [];
        for (const [at, [key, value]] of pairs.entries()) {
          if (existing === 'keep' && held.has(key)) refused.push(at);
          else held.set(key, value as Uint8Array);
        }
        expect(await bucket.load(filled(bucket.batch(), pairs), existing)).toEqual(refused);
      }
      expect(bucket.count()).toBe(held.size);
      for (const [key, value] of held) expect(bytesOf(bucket, key)!.equals(value), key).toBe(true);
    },
  );

  test('batch() clears the way for a next load, with one that has been used', async () => {
    const bucket = (await open()).createBucket('test');
    const batch = filled(bucket.batch(), [['a', '1']]);
    await bucket.load(batch, 'overwrite');
    batch.clear();
    const again = bucket.batch(batch);
    expect(again).toBe(batch);
    await bucket.load(filled(again, [['b', '2']]), 'overwrite');
    expect([textOf(bucket, 'a'), textOf(bucket, 'b')]).toEqual(['1', '2']);
    expect(await bucket.load(bucket.batch(), 'overwrite')).toEqual([]);
  });

  test('load() is rejected with no-bucket for a bucket that is gone', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    const batch = filled(bucket.batch(), [['a', '1']]);
    await store.deleteBucket('test');
    expect(await codeOfRejected(bucket.load(batch, 'overwrite'))).toBe('no-bucket');
  });

  test.each(['overwrite', 'keep', 'stop'] as const)(
    'load() to %s is stopped in its midst by a signal, and has set none where it is a transaction',
    async (existing) => {
      const store = await open();
      const bucket = store.createBucket('test');
      const batch = bucket.batch();
      // More than one turn of the event loop has time for.
      for (let number = 1; number <= 100_000; number++) {
        batch.add(number, spanOf(String(number).padStart(8, '0'), ''));
      }
      const controller = new AbortController();
      const told: string[] = [];
      const { signal } = controller;
      const whenSet = () => void told.push('set');
      const loading = bucket.load(batch, existing, { signal, whenSet });
      setImmediate(() => controller.abort(new Error('stopped')));
      await expect(loading).rejects.toThrow('stopped');
      expect(told).toEqual([]);
      expect(bucket.count()).toBeLessThan(100_000);
      if (store.supports.has('transactions')) expect(bucket.count()).toBe(0);
      batch.clear();
      await bucket.load(filled(batch, [['a', '1']]), existing);
      expect(keysOf(bucket, { lower: Buffer.from('a') })).toEqual(['a']);
    },
  );

  test('load() tells when only the disk is waited for, and rejects at once after a signal', async () => {
    const bucket = (await open()).createBucket('test');
    const batch = filled(bucket.batch(), [['a', '1']]);
    let told = 0;
    await bucket.load(batch, 'overwrite', { whenSet: () => void told++ });
    expect(told).toBe(1);
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(bucket.load(batch, 'overwrite', { signal })).rejects.toThrow('stopped');
  });

  test('writersDone() resolves when nobody writes', async () => {
    expect(await (await open()).writersDone()).toBeUndefined();
  });
}

function filled(batch: RecordBatch, pairs: readonly Pair[]): RecordBatch {
  for (const [index, [key, value]] of pairs.entries()) {
    expect(batch.add(index + 1, spanOf(key, value))).toBeUndefined();
  }
  return batch;
}
