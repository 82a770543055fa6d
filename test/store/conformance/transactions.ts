import { expect, test } from 'vitest';
import type { Store } from '../../../src/store/store.js';
import { codeOf, codeOfRejected } from '../../support/error-code.js';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { spanOf } from '../../support/record-span.js';
import { bytesOf, keysOf, type Open, put, textOf } from './subject.js';

export function transactions(open: Open): void {
  const supported = async (): Promise<Store | undefined> => {
    const store = await open();
    return store.supports.has('transactions') ? store : undefined;
  };

  test('inTransaction is true in each kind of transaction, and only there', async () => {
    const store = await supported();
    if (store === undefined) return;
    const inside: boolean[] = [];
    const enter = async () => void inside.push(store.inTransaction);
    await enter();
    await store.transaction(enter);
    await store.transaction(() => store.transaction(enter));
    await enter();
    await store.group(enter);
    await store.group(() => store.transaction(enter));
    await enter();
    const failing = store.transaction(async () => {
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    await enter();
    expect(inside).toEqual([false, true, true, false, true, true, false, false]);
  });

  test('transaction() and group() are not-supported where the store has none', async () => {
    const store = await open();
    if (store.supports.has('transactions')) return;
    let wasRun = false;
    const work = async () => {
      wasRun = true;
    };
    expect(await codeOfRejected(store.transaction(work))).toBe('not-supported');
    expect(await codeOfRejected(store.group(work))).toBe('not-supported');
    expect([wasRun, store.inTransaction]).toEqual([false, false]);
  });

  test('transaction() shows its own writes, and returns what its work does', async () => {
    const store = await supported();
    if (store === undefined) return;
    const result = await store.transaction(async () => {
      const bucket = store.createBucket('test');
      put(store, bucket, 'key', patternedBytes(300_000));
      bucket.increment('n', 41n);
      expect(bucket.increment('n', 1n)).toBe(42n);
      expect(bucket.copy('n', { bucket: 'test', key: 'copy' })).toBeGreaterThan(0);
      expect(keysOf(bucket)).toEqual(['copy', 'key', 'n']);
      expect(keysOf(bucket, { reverse: true })).toEqual(['n', 'key', 'copy']);
      expect(bucket.count()).toBe(3);
      return 'result';
    });
    expect(result).toBe('result');
    expect(textOf(store.bucket('test')!, 'copy')).toBe('42');
  });

  test('transaction() that throws undoes all that was done in it', async () => {
    const store = await supported();
    if (store === undefined) return;
    const bucket = store.createBucket('test');
    put(store, bucket, 'key', patternedBytes(300_000));
    for (const name of ['renamed', 'dropped', 'cleared']) {
      put(store, store.createBucket(name), 'key', 'value');
    }
    const before = bucket.stat('key');
    const failing = () =>
      store.transaction(async () => {
        put(store, bucket, 'key', 'lost');
        bucket.move('key', { bucket: 'cleared', key: 'moved' });
        bucket.increment('n', 1n);
        store.renameBucket('renamed', 'elsewhere');
        await store.deleteBucket('dropped');
        await store.clearBucket('cleared');
        await store.copyBucket('test', 'copy');
        await bucket.deleteRange({ lower: Buffer.from('a') });
        store.ensureBucket('new');
        throw new Error('undone');
      });
    for (let time = 0; time < 2; time++) await expect(failing()).rejects.toThrow('undone');
    expect(store.bucketNames('')).toEqual(['cleared', 'dropped', 'renamed', 'test']);
    for (const name of ['renamed', 'dropped', 'cleared']) {
      expect(textOf(store.bucket(name)!, 'key')).toBe('value');
    }
    expect(keysOf(bucket)).toEqual(['key']);
    expect(bucket.stat('key')).toEqual(before);
    expect(bytesOf(bucket, 'key')!.equals(patternedBytes(300_000))).toBe(true);
  });

  test('transaction() within another undoes its own writes alone', async () => {
    const store = await supported();
    if (store === undefined) return;
    const bucket = store.createBucket('test');
    await store.transaction(async () => {
      put(store, bucket, 'outer', '1');
      const inner = store.transaction(async () => {
        put(store, bucket, 'outer', '2');
        await new Promise((resolve) => setImmediate(resolve));
        put(store, bucket, 'inner', '3');
        throw new Error('undone');
      });
      await expect(inner).rejects.toThrow('undone');
      expect(textOf(bucket, 'outer')).toBe('1');
      expect(codeOf(() => store.createBucket('test'))).toBe('bucket-exists');
    });
    expect(keysOf(bucket)).toEqual(['outer']);
  });

  test.each(['deleteBucket', 'clearBucket'] as const)(
    '%s() in a transaction within another, which it may undo, leaves what that has written',
    async (way) => {
      const store = await supported();
      if (store === undefined) return;
      const bucket = store.createBucket('test');
      put(store, bucket, 'before', '1');
      await store.transaction(async () => {
        put(store, bucket, 'outer', '2');
        const inner = store.transaction(async () => {
          await store[way]('test');
          store.ensureBucket('test');
          expect(keysOf(bucket)).toEqual([]);
          throw new Error('undone');
        });
        await expect(inner).rejects.toThrow('undone');
        expect(keysOf(bucket)).toEqual(['before', 'outer']);
        await store.transaction(() => store[way]('test'));
        expect(store.bucketNames('')).toEqual(way === 'clearBucket' ? ['test'] : []);
        store.ensureBucket('test');
        put(store, bucket, 'after', '3');
      });
      expect(keysOf(bucket)).toEqual(['after']);
      expect(bucket.count()).toBe(1);
    },
  );

  test.each(['transaction', 'group'] as const)(
    '%s() lasts until its promise settles, and is undone where it rejects',
    async (way) => {
      const store = await supported();
      if (store === undefined) return;
      const bucket = store.createBucket('test');
      const run = (end: () => string) =>
        store[way](async () => {
          put(store, bucket, 'before', '1');
          await new Promise((resolve) => setImmediate(resolve));
          expect(textOf(bucket, 'before')).toBe('1');
          put(store, bucket, 'after', '2');
          return end();
        });
      await expect(
        run(() => {
          throw new Error('undone');
        }),
      ).rejects.toThrow('undone');
      expect(keysOf(bucket)).toEqual([]);
      expect(await run(() => 'result')).toBe('result');
      expect(keysOf(bucket)).toEqual(['after', 'before']);
    },
  );

  test.each(['transaction', 'group'] as const)(
    '%s() within a transaction is a part of it',
    async (way) => {
      const store = await supported();
      if (store === undefined) return;
      const bucket = store.createBucket('test');
      const failing = store.transaction(async () => {
        await store[way](async () => void put(store, bucket, 'key', 'value'));
        expect(textOf(bucket, 'key')).toBe('value');
        throw new Error('undone');
      });
      await expect(failing).rejects.toThrow('undone');
      expect(keysOf(bucket)).toEqual([]);
    },
  );

  test('load() within a transaction is a part of it', async () => {
    const store = await supported();
    if (store === undefined) return;
    const bucket = store.createBucket('test');
    const failing = store.transaction(async () => {
      const batch = bucket.batch();
      batch.add(1, spanOf('k', 'v'));
      await bucket.load(batch, 'overwrite');
      expect(textOf(bucket, 'k')).toBe('v');
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    expect(keysOf(bucket)).toEqual([]);
  });
}
