import { expect, test } from 'vitest';
import type { Store, StoreBucket, WorkOptions } from '../../../src/store/store.js';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { spanOf } from '../../support/record-span.js';
import { bytesOf, keysOf, type Open, put, sizes, textOf } from './subject.js';

/** So many that going through them lasts. */
const MANY = 60_000;

/** Each operation that lasts, on a bucket "test", which `other` is beside. */
const operations: readonly (readonly [
  name: string,
  run: (store: Store, options: WorkOptions) => Promise<unknown>,
])[] = [
  ['copyBucket', (store, options) => store.copyBucket('test', 'copy', options)],
  ['clearBucket', (store, options) => store.clearBucket('test', options)],
  ['deleteBucket', (store, options) => store.deleteBucket('test', options)],
  [
    'deleteRange',
    (store, options) => store.bucket('test')!.deleteRange({ lower: Buffer.from('k') }, options),
  ],
];

export function lasting(open: Open): void {
  test('deleteRange() deletes what lies in the range, and says how many', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    const fill = () => {
      for (const key of ['a', 'b', 'b1', 'c', '\ue000', '\u{10000}']) put(store, bucket, key, key);
      for (const size of sizes) put(store, bucket, `size ${size}`, patternedBytes(size));
    };
    const [b, c] = [Buffer.from('b'), Buffer.from('c')];
    fill();
    expect(await bucket.deleteRange({ lower: b, upper: c })).toBe(2);
    expect(await bucket.deleteRange({ lower: b, upper: c })).toBe(0);
    expect(keysOf(bucket, { upper: Buffer.from('d') })).toEqual(['a', 'c']);
    expect(await bucket.deleteRange({ lower: Buffer.from('\ue000') })).toBe(2);
    expect(await bucket.deleteRange({ upper: b, reverse: true })).toBe(1);
    expect(keysOf(bucket)).toEqual(['c', ...sizes.map((size) => `size ${size}`).sort()]);
    expect(bytesOf(bucket, 'size 300000')!.equals(patternedBytes(300_000))).toBe(true);
    expect(await bucket.deleteRange({})).toBe(1 + sizes.length);
    expect([keysOf(bucket), bucket.count()]).toEqual([[], 0]);
    fill();
    expect(await bucket.deleteRange({ lower: Buffer.from('a') })).toBe(6 + sizes.length);
    expect(bucket.count()).toBe(0);
  });

  test('copyBucket() of values of every size gives the same keys and bytes', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    for (const size of sizes) put(store, bucket, `size ${size}`, patternedBytes(size));
    for (let key = 0; key < 500; key++) put(store, bucket, `key ${key * 7919}`, `${key}`);
    await store.copyBucket('test', 'copy');
    const copy = store.bucket('copy')!;
    expect(keysOf(copy)).toEqual(keysOf(bucket));
    for (const key of keysOf(bucket)) {
      expect(bytesOf(copy, key)!.equals(bytesOf(bucket, key)!), key).toBe(true);
      expect(copy.stat(key)!.version).toBeGreaterThan(bucket.stat(key)!.version);
    }
  });

  test('what lasts sees what its transaction has written, and is undone with it', async () => {
    const store = await open();
    if (!store.supports.has('transactions')) return;
    const bucket = store.createBucket('test');
    put(store, bucket, 'before', patternedBytes(300_000));
    const failing = store.transaction(async () => {
      put(store, bucket, 'new', patternedBytes(70_000));
      bucket.delete('before');
      await store.copyBucket('test', 'copy');
      const copy = store.bucket('copy')!;
      expect(keysOf(copy)).toEqual(['new']);
      expect(bytesOf(copy, 'new')!.equals(patternedBytes(70_000))).toBe(true);
      put(store, copy, 'other', '1');
      expect(await copy.deleteRange({ upper: Buffer.from('o') })).toBe(1);
      expect(keysOf(copy)).toEqual(['other']);
      await store.clearBucket('copy');
      expect(copy.count()).toBe(0);
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    expect(store.bucketNames('')).toEqual(['test']);
    expect(bytesOf(bucket, 'before')!.equals(patternedBytes(300_000))).toBe(true);
  });

  test.each(operations)('%s() that is stopped before it begins changes nothing', async (_, run) => {
    const store = await open();
    put(store, store.createBucket('test'), 'key', patternedBytes(300_000));
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(run(store, { signal })).rejects.toThrow('stopped');
    expect(store.bucketNames('')).toEqual(['test']);
    expect(bytesOf(store.bucket('test')!, 'key')!.equals(patternedBytes(300_000))).toBe(true);
  });

  test.each(['outermost', 'nested'] as const)(
    'copyBucket() and deleteRange(), %s, tell of their progress, and undo what they did when stopped',
    async (place) => {
      const store = await open();
      if (!store.supports.has('transactions')) return;
      const bucket = store.createBucket('test');
      await fill(bucket);
      put(store, bucket, 'a', 'first');
      const stop = async () => {
        for (const run of [operations[0]![1], operations[3]![1]]) {
          const controller = new AbortController();
          const told: number[] = [];
          const progress = (records: number) => {
            told.push(records);
            controller.abort(new Error('stopped'));
          };
          const stopped = run(store, { signal: controller.signal, progress });
          await expect(stopped).rejects.toThrow('stopped');
          expect(told).toHaveLength(1);
          expect(told[0]).toBeGreaterThan(0);
          expect(told[0]).toBeLessThan(MANY);
          expect(store.bucketNames('')).toEqual(['test']);
          expect(bucket.count()).toBe(MANY + 1);
        }
      };
      if (place === 'outermost') await stop();
      else await store.transaction(stop);
      expect(textOf(bucket, 'a')).toBe('first');
      put(store, bucket, 'after', 'value');
      expect(await bucket.deleteRange({ lower: Buffer.from('k') })).toBe(MANY);
      expect(keysOf(bucket)).toEqual(['a', 'after']);
    },
  );
}

async function fill(bucket: StoreBucket): Promise<void> {
  const batch = bucket.batch();
  for (let key = 0; key < MANY; key++) {
    batch.add(key, spanOf(`key ${String(key).padStart(6, '0')}`, 'value'));
  }
  await bucket.load(batch, 'overwrite');
}
