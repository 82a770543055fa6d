import { expect, test } from 'vitest';
import type { Store } from '../../../src/store/store.js';
import { codeOf } from '../../support/error-code.js';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { bytesOf, keysOf, type Open, put, sizes, textOf } from './subject.js';

const FOREVER = { milliseconds: undefined };

export function sharedWrites(open: Open): void {
  const supported = async (): Promise<Store | undefined> => {
    const store = await open();
    return store.supports.has('transactions') ? store : undefined;
  };

  test('shareWrites() is not-supported where the store has no transactions', async () => {
    const store = await open();
    if (store.supports.has('transactions')) return;
    expect(codeOf(() => store.shareWrites(FOREVER))).toBe('not-supported');
  });

  test('what is written with shareWrites() is read at once, and stays', async () => {
    const store = await supported();
    if (store === undefined) return;
    const bucket = store.createBucket('test');
    const shared = store.shareWrites(FOREVER);
    for (const size of sizes) {
      shared.settleIfDue();
      put(store, bucket, `size ${size}`, patternedBytes(size));
      expect(bytesOf(bucket, `size ${size}`)!.equals(patternedBytes(size))).toBe(true);
    }
    expect(bucket.increment('n', 41n)).toBe(41n);
    expect(bucket.increment('n', 1n)).toBe(42n);
    expect(bucket.delete('size 0')).toBe(true);
    shared.settle();
    expect(shared.isOpen).toBe(false);
    expect(bucket.writeMany([{ kind: 'delete', key: 'size 1' }])).toBe(1);
    shared.close();
    shared.close();
    expect([shared.isOpen, store.inTransaction]).toEqual([false, false]);
    const left = ['n', ...sizes.filter((size) => size > 1).map((size) => `size ${size}`)];
    expect(keysOf(bucket)).toEqual(left.sort());
    expect(textOf(bucket, 'n')).toBe('42');
  });

  test('an error of a write undoes that write alone with shareWrites()', async () => {
    const store = await supported();
    if (store === undefined) return;
    const bucket = store.createBucket('test');
    const shared = store.shareWrites(FOREVER);
    put(store, bucket, 'text', 'x');
    expect(codeOf(() => bucket.increment('text', 1n))).toBe('not-a-counter');
    put(store, bucket, 'other', 'y');
    shared.close();
    expect([textOf(bucket, 'text'), textOf(bucket, 'other')]).toEqual(['x', 'y']);
  });

  test('shareWrites() within a transaction is a part of that', async () => {
    const store = await supported();
    if (store === undefined) return;
    const bucket = store.createBucket('test');
    const failing = store.transaction(async () => {
      const shared = store.shareWrites(FOREVER);
      put(store, bucket, 'key', 'value');
      shared.settle();
      shared.close();
      expect([textOf(bucket, 'key'), store.inTransaction]).toEqual(['value', true]);
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    expect(bucket.count()).toBe(0);
  });
}
