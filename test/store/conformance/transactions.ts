import { expect, test } from 'vitest';
import type { Store } from '../../../src/store/store.js';
import { codeOf } from '../../support/error-code.js';
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
    const enter = () => void inside.push(store.inTransaction);
    enter();
    store.transaction(enter);
    store.transaction(() => store.transaction(enter));
    enter();
    await store.asyncTransaction(async () => enter());
    await store.group(async () => store.transaction(enter));
    enter();
    expect(() =>
      store.transaction(() => {
        throw new Error('undone');
      }),
    ).toThrow('undone');
    enter();
    expect(inside).toEqual([false, true, true, false, true, true, false, false]);
  });

  test('transaction() shows its own writes, and returns what its work does', async () => {
    const store = await supported();
    if (store === undefined) return;
    const result = store.transaction(() => {
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
      store.asyncTransaction(async () => {
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

  test('asyncTransaction() within another undoes its own writes alone', async () => {
    const store = await supported();
    if (store === undefined) return;
    const bucket = store.createBucket('test');
    await store.asyncTransaction(async () => {
      put(store, bucket, 'outer', '1');
      const inner = store.asyncTransaction(async () => {
        put(store, bucket, 'outer', '2');
        await new Promise((resolve) => setImmediate(resolve));
        put(store, bucket, 'inner', '3');
        throw new Error('undone');
      });
      await expect(inner).rejects.toThrow('undone');
      expect(textOf(bucket, 'outer')).toBe('1');
    });
    expect(keysOf(bucket)).toEqual(['outer']);
  });

  test('transaction() within another undoes its own writes alone', async () => {
    const store = await supported();
    if (store === undefined) return;
    const bucket = store.createBucket('test');
    store.transaction(() => {
      put(store, bucket, 'outer', '1');
      const inner = () =>
        store.transaction(() => {
          put(store, bucket, 'outer', '2');
          put(store, bucket, 'inner', '3');
          throw new Error('undone');
        });
      expect(inner).toThrow('undone');
      expect(textOf(bucket, 'outer')).toBe('1');
      expect(codeOf(() => store.createBucket('test'))).toBe('bucket-exists');
    });
    expect(keysOf(bucket)).toEqual(['outer']);
  });

  test.each(['asyncTransaction', 'group'] as const)(
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

  test.each(['asyncTransaction', 'group'] as const)(
    '%s() within a transaction is a part of it',
    async (way) => {
      const store = await supported();
      if (store === undefined) return;
      const bucket = store.createBucket('test');
      const failing = store.asyncTransaction(async () => {
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
    const failing = store.asyncTransaction(async () => {
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
