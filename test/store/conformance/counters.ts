import { expect, test } from 'vitest';
import { codeOf } from '../../support/error-code.js';
import { type Open, put, textOf } from './subject.js';

const U64_MAX = 2n ** 64n - 1n;

export function counters(open: Open): void {
  test('increment() begins at the delta, and is exact up to 2^64-1', async () => {
    const bucket = (await open()).createBucket('test');
    expect(bucket.increment('n', 0n)).toBe(0n);
    expect(bucket.increment('n', U64_MAX - 1n)).toBe(U64_MAX - 1n);
    expect(bucket.increment('n', 1n)).toBe(U64_MAX);
    expect(textOf(bucket, 'n')).toBe('18446744073709551615');
    expect(codeOf(() => bucket.increment('n', 1n))).toBe('overflow');
    expect(textOf(bucket, 'n')).toBe('18446744073709551615');
  });

  test.each(['', ' 1', '01', '-1', '1.0', 'x', '18446744073709551616', '1'.repeat(70_000)])(
    'increment() and compareAndSwap() leave what is no counter: %.25s',
    async (text) => {
      const store = await open();
      const bucket = store.createBucket('test');
      put(store, bucket, 'n', text);
      const before = bucket.stat('n');
      expect(codeOf(() => bucket.increment('n', 1n))).toBe('not-a-counter');
      expect(bucket.compareAndSwap('n', 1n, 2n)).toBe(false);
      expect(bucket.stat('n')).toEqual(before);
    },
  );

  test('increment() by less than 0 takes away, and never goes below 0', async () => {
    const bucket = (await open()).createBucket('test');
    expect(codeOf(() => bucket.increment('n', -1n))).toBe('overflow');
    expect(bucket.stat('n')).toBeUndefined();
    bucket.increment('n', U64_MAX);
    expect(bucket.increment('n', 1n - U64_MAX)).toBe(1n);
    expect(codeOf(() => bucket.increment('n', -2n))).toBe('overflow');
    expect(bucket.increment('n', -1n)).toBe(0n);
    expect(textOf(bucket, 'n')).toBe('0');
  });

  test('increment() goes no further than a limit that it is given, and leaves what is beyond', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    expect(bucket.increment('n', 9n, 9n)).toBe(9n);
    expect(codeOf(() => bucket.increment('n', 1n, 9n))).toBe('overflow');
    expect(codeOf(() => bucket.increment('missing', 10n, 9n))).toBe('overflow');
    expect(bucket.stat('missing')).toBeUndefined();
    put(store, bucket, 'n', '12');
    expect(codeOf(() => bucket.increment('n', 0n, 9n))).toBe('overflow');
    expect(textOf(bucket, 'n')).toBe('12');
    expect(bucket.increment('n', -3n, 9n)).toBe(9n);
  });

  test('compareAndSwap() writes where the value is the text of the old one', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    expect(bucket.compareAndSwap('n', 0n, 1n)).toBe(false);
    expect(bucket.stat('n')).toBeUndefined();
    put(store, bucket, 'n', '42');
    expect(bucket.compareAndSwap('n', 41n, 1n)).toBe(false);
    expect(textOf(bucket, 'n')).toBe('42');
    expect(bucket.compareAndSwap('n', 42n, U64_MAX)).toBe(true);
    expect(bucket.increment('n', 0n)).toBe(U64_MAX);
  });

  test('each write of a counter is a new version', async () => {
    const bucket = (await open()).createBucket('test');
    bucket.increment('n', 1n);
    const { version } = bucket.stat('n')!;
    bucket.increment('n', 0n);
    expect(bucket.stat('n')!.version).toBeGreaterThan(version);
    const next = bucket.stat('n')!.version;
    bucket.compareAndSwap('n', 1n, 1n);
    expect(bucket.stat('n')!.version).toBeGreaterThan(next);
  });
}
