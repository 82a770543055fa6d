import { expect, test } from 'vitest';
import { patternedBytes } from '../support/patterned-bytes.js';
import {
  type Bucket,
  expectBytes,
  failure,
  get,
  getText,
  newBucket,
  type Subject,
  set,
  U64_MAX,
} from './subject.js';

/** Everything that looks like a number and is not the canonical text of a u64. */
const noCounters = [
  '',
  '007',
  '00',
  '+1',
  '-1',
  '-0',
  ' 1',
  '1 ',
  '1\n',
  '1\0',
  '1.0',
  '1e3',
  '0x10',
  '1n',
  '1_000',
  '1,000',
  'one',
  '١',
  '１',
  '18446744073709551616',
  '99999999999999999999',
  '100000000000000000000',
];

export function counters(open: () => Promise<Subject>): void {
  test('increment() of a missing key stores the delta', async () => {
    const { subject, bucket, increment } = await openBucket(open);
    expect(increment(bucket, 'counter', 41n)).toBe(41n);
    expect(getText(subject, bucket, 'counter')).toBe('41');
    expect(increment(bucket, 'zero', 0n)).toBe(0n);
    expect(getText(subject, bucket, 'zero')).toBe('0');
    expect(increment(bucket, 'most', U64_MAX)).toBe(U64_MAX);
    expect(getText(subject, bucket, 'most')).toBe('18446744073709551615');
  });

  test('increment() adds to the decimal text that anybody wrote', async () => {
    const { subject, bucket, increment } = await openBucket(open);
    set(subject, bucket, 'counter', '41');
    expect(increment(bucket, 'counter', 1n)).toBe(42n);
    expect(getText(subject, bucket, 'counter')).toBe('42');
    set(subject, bucket, 'counter', '0');
    expect(increment(bucket, 'counter', 0n)).toBe(0n);
    expect(getText(subject, bucket, 'counter')).toBe('0');
  });

  test('counters are exact beyond 2^53', async () => {
    const { subject, bucket, increment, compareAndSwap } = await openBucket(open);
    set(subject, bucket, 'counter', '9007199254740993');
    expect(increment(bucket, 'counter', 9_007_199_254_740_993n)).toBe(18_014_398_509_481_986n);
    expect(getText(subject, bucket, 'counter')).toBe('18014398509481986');
    expect(compareAndSwap(bucket, 'counter', 18_014_398_509_481_985n, 1n)).toBe(false);
    expect(compareAndSwap(bucket, 'counter', 18_014_398_509_481_986n, U64_MAX - 1n)).toBe(true);
    expect(increment(bucket, 'counter', 1n)).toBe(U64_MAX);
  });

  test('increment() past 2^64-1 is an error, and changes nothing', async () => {
    const { subject, bucket, increment } = await openBucket(open);
    for (const [present, delta] of [
      [U64_MAX, 1n],
      [U64_MAX, U64_MAX],
      [1n, U64_MAX],
    ] as const) {
      set(subject, bucket, 'counter', String(present));
      failure(() => increment(bucket, 'counter', delta));
      expect(getText(subject, bucket, 'counter')).toBe(String(present));
    }
    expect(increment(bucket, 'counter', U64_MAX - 1n)).toBe(U64_MAX);
  });

  test.each(noCounters)('%j is not a counter', async (text) => {
    const { subject, bucket, increment, compareAndSwap } = await openBucket(open);
    set(subject, bucket, 'key', text);
    failure(() => increment(bucket, 'key', 1n));
    failure(() => increment(bucket, 'key', 0n));
    for (const old of [0n, 1n, 7n, 16n, 1000n, U64_MAX]) {
      expect(compareAndSwap(bucket, 'key', old, 5n)).toBe(false);
    }
    expect(getText(subject, bucket, 'key')).toBe(text);
  });

  test('neither bytes that are no text nor a large value is a counter', async () => {
    const { subject, bucket, increment, compareAndSwap } = await openBucket(open);
    const values = [Buffer.of(0xff), Buffer.of(0xb1), Buffer.alloc(8), patternedBytes(300_000)];
    values.push(Buffer.alloc(300_000, '1'));
    for (const value of values) {
      set(subject, bucket, 'key', value);
      failure(() => increment(bucket, 'key', 1n));
      expect(compareAndSwap(bucket, 'key', 1n, 2n)).toBe(false);
      expectBytes(get(subject, bucket, 'key'), value);
    }
  });

  test('increment() that fails on a missing key makes none', async () => {
    const { subject, bucket, increment } = await openBucket(open);
    failure(() => increment(bucket, '', 1n));
    expect(subject.world.eventualBatch.keys(bucket)).toEqual([]);
  });

  test('compare-and-swap writes where the old value matches, and only there', async () => {
    const { subject, bucket, compareAndSwap } = await openBucket(open);
    set(subject, bucket, 'counter', '1');
    expect(compareAndSwap(bucket, 'counter', 2n, 3n)).toBe(false);
    expect(getText(subject, bucket, 'counter')).toBe('1');
    expect(compareAndSwap(bucket, 'counter', 1n, 3n)).toBe(true);
    expect(getText(subject, bucket, 'counter')).toBe('3');
    expect(compareAndSwap(bucket, 'counter', 3n, 3n)).toBe(true);
    expect(compareAndSwap(bucket, 'counter', 3n, 0n)).toBe(true);
    expect(compareAndSwap(bucket, 'counter', 0n, U64_MAX)).toBe(true);
    expect(getText(subject, bucket, 'counter')).toBe('18446744073709551615');
  });

  test('compare-and-swap of a missing key is false, also for 0, and makes none', async () => {
    const { subject, bucket, compareAndSwap } = await openBucket(open);
    expect(compareAndSwap(bucket, 'missing', 0n, 1n)).toBe(false);
    expect(compareAndSwap(bucket, 'missing', 1n, 1n)).toBe(false);
    expect(subject.world.eventual.exists(bucket, 'missing')).toBe(false);
  });
}

async function openBucket(open: () => Promise<Subject>) {
  const subject = await open();
  const { atomic } = subject.world;
  return {
    subject,
    bucket: newBucket(subject),
    increment: (bucket: Bucket, key: string, delta: bigint) => atomic.increment(bucket, key, delta),
    compareAndSwap: (bucket: Bucket, key: string, old: bigint, desired: bigint) =>
      atomic.compareAndSwap(bucket, key, old, desired),
  };
}
