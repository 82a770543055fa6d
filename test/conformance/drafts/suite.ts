/** What every implementation of store, atomics and batch does here, of either draft: `drafts.md` as tests. */
import { describe, expect, test } from 'vitest';
import { oddKeys } from '../../support/odd-text.js';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { expectBytes } from '../subject.js';
import {
  type DraftBucket,
  type DraftSubject,
  type DraftWorld,
  expectOther,
  newBucket,
  put,
  textOf,
  variant,
} from './subject.js';

/** What the drafts have of their own. */
export interface Draft<Cursor> {
  /** The largest sum of a counter. */
  readonly most: bigint;
  /** What is no cursor of any bucket. */
  readonly noCursors: readonly Cursor[];
}

const U64_MAX = 2n ** 64n - 1n;

export function draftConformance<Cursor>(
  name: string,
  { most, noCursors }: Draft<Cursor>,
  open: () => Promise<DraftSubject<DraftWorld<Cursor>>>,
): void {
  describe(`${name} conforms to store, atomics and batch:`, () => {
    test('no other bucket than there is', async () => {
      const { world } = await open();
      expect(variant(() => world.store.open('nowhere')).tag).toBe('no-such-store');
      expect(variant(() => world.store.open('a\nb')).tag).toBe('no-such-store');
    });

    test('the empty name is that of the bucket "default"', async () => {
      const subject = await open();
      expect(variant(() => subject.world.store.open('')).tag).toBe('no-such-store');
      put(newBucket(subject, 'default'), 'key', 'text');
      expect(textOf(subject.world.store.open('').get('key'))).toBe('text');
    });

    test('a value is what was set last, an empty one too, and absent is not empty', async () => {
      const bucket = newBucket(await open());
      expect([bucket.get('key'), bucket.exists('key')]).toEqual([undefined, false]);
      put(bucket, 'key', 'first');
      put(bucket, 'key', '');
      expect([textOf(bucket.get('key')), bucket.exists('key')]).toEqual(['', true]);
      bucket.delete('key');
      bucket.delete('key');
      expect([bucket.get('key'), bucket.exists('key')]).toEqual([undefined, false]);
    });

    test('a value of any size, byte for byte', async () => {
      const bucket = newBucket(await open());
      for (const size of [1, 65_536, 65_537, 600_000]) {
        bucket.set('key', patternedBytes(size));
        expectBytes(bucket.get('key'), patternedBytes(size));
      }
    });

    test('a key is 1 to 1,978 bytes of any characters', async () => {
      const bucket = newBucket(await open());
      for (const key of oddKeys) {
        put(bucket, key, key);
        expect(textOf(bucket.get(key))).toBe(key);
      }
      expect(bucket.listKeys(undefined).keys).toEqual(
        [...oddKeys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
      );
      for (const key of ['', 'k'.repeat(1979)]) {
        expectOther(() => bucket.get(key), /^cannot use .*key.*: /);
        expectOther(() => put(bucket, key, ''), /^cannot use /);
        expectOther(() => bucket.delete(key), /^cannot use /);
        expectOther(() => bucket.exists(key), /^cannot use /);
      }
    });

    test('a listing has each key once that is there all the while', async () => {
      const subject = await open();
      const bucket = newBucket(subject);
      const kept = numbered(1200, 'kept');
      const { setMany, deleteMany } = subject.world.batch;
      setMany(bucket, kept.map(pair));
      const found: string[] = [];
      let pages = 0;
      let cursor: Cursor | undefined;
      do {
        const page = bucket.listKeys(cursor);
        found.push(...page.keys);
        cursor = page.cursor;
        // Before the cursor, behind it, and the very key that it stands for.
        setMany(bucket, [...numbered(300, `a${pages}`), ...numbered(20, `z${pages}`)].map(pair));
        const last = page.keys.at(-1)!;
        if (cursor !== undefined) deleteMany(bucket, [last]);
        pages++;
      } while (cursor !== undefined);
      expect(found).toEqual([...new Set(found)]);
      expect(found.filter((key) => key.startsWith('kept'))).toEqual(kept);
      expect(pages).toBeGreaterThan(2);
      expect(pages).toBeLessThan(10);
    });

    test('a page may be asked for again, of the same bucket opened anew', async () => {
      const subject = await open();
      const bucket = newBucket(subject);
      subject.world.batch.setMany(bucket, numbered(1001, 'k').map(pair));
      const first = bucket.listKeys(undefined);
      const second = bucket.listKeys(first.cursor);
      expect(second.keys).toEqual(numbered(1001, 'k').slice(500, 1000));
      expect(subject.world.store.open('test').listKeys(first.cursor)).toEqual(second);
      expect(bucket.listKeys(second.cursor)).toEqual({ keys: ['k1000'] });
    });

    test('500 keys are one page, and none an empty one', async () => {
      const subject = await open();
      const bucket = newBucket(subject);
      expect(bucket.listKeys(undefined).keys).toEqual([]);
      subject.world.batch.setMany(bucket, numbered(500, 'k').map(pair));
      const { keys, cursor } = bucket.listKeys(undefined);
      expect([keys.length, cursor]).toEqual([500, undefined]);
    });

    test("what is no cursor, and another bucket's, is an error", async () => {
      const subject = await open();
      const [bucket, other] = [newBucket(subject), newBucket(subject, 'other')];
      subject.world.batch.setMany(bucket, numbered(501, 'k').map(pair));
      subject.world.batch.setMany(other, numbered(501, 'k').map(pair));
      const { cursor } = bucket.listKeys(undefined);
      for (const wrong of noCursors) {
        expectOther(() => bucket.listKeys(wrong), /is no cursor of this bucket$/);
      }
      expectOther(() => other.listKeys(cursor), /is no cursor of this bucket$/);
    });

    test('increment() is of the counters that everybody has', async () => {
      const subject = await open();
      const bucket = newBucket(subject);
      const { increment } = subject.world.atomics;
      expect(increment(bucket, 'counter', 1n)).toBe(1n);
      expect(increment(bucket, 'counter', 41n)).toBe(42n);
      expect(textOf(bucket.get('counter'))).toBe('42');
      put(bucket, 'counter', '9007199254740993');
      expect(increment(bucket, 'counter', 0n)).toBe(9_007_199_254_740_993n);
      put(bucket, 'text', '1\n');
      expectOther(() => increment(bucket, 'text', 1n), /^cannot increment "text": /);
      expectOther(() => increment(bucket, '', 1n), /^cannot use an empty key/);
      expect(textOf(bucket.get('text'))).toBe('1\n');
    });

    test('increment() past the largest sum is an error, and changes nothing', async () => {
      const subject = await open();
      const bucket = newBucket(subject);
      const { increment } = subject.world.atomics;
      put(bucket, 'counter', String(most - 1n));
      expect(increment(bucket, 'counter', 1n)).toBe(most);
      expectOther(() => increment(bucket, 'counter', 1n), /is not between 0 and 2\^6[34]-1$/);
      expect(textOf(bucket.get('counter'))).toBe(String(most));
      put(bucket, 'counter', String(U64_MAX));
      expectOther(() => increment(bucket, 'counter', 1n), /is not between/);
      expect(textOf(bucket.get('counter'))).toBe(String(U64_MAX));
    });

    test('get-many answers by position, with none for missing keys, and duplicates', async () => {
      const subject = await open();
      const bucket = newBucket(subject);
      put(bucket, 'a', 'A');
      bucket.set('large', patternedBytes(300_000));
      const found = subject.world.batch.getMany(bucket, ['large', 'missing', 'a', 'a']);
      expect(found.map((one) => one?.[0])).toEqual(['large', undefined, 'a', 'a']);
      expectBytes(found[0]![1], patternedBytes(300_000));
      expect(found.slice(2).map((one) => textOf(one![1]))).toEqual(['A', 'A']);
      expect(subject.world.batch.getMany(bucket, [])).toEqual([]);
      expectOther(() => subject.world.batch.getMany(bucket, ['a', '']), /empty key/);
    });

    test('a batch is written as a whole, in its order, or not at all', async () => {
      const subject = await open();
      const bucket = newBucket(subject);
      const { setMany, deleteMany } = subject.world.batch;
      setMany(bucket, [
        ['a', Buffer.from('first')],
        ['large', patternedBytes(300_000)],
        ['a', Buffer.from('second')],
      ]);
      expect(textOf(bucket.get('a'))).toBe('second');
      expectBytes(bucket.get('large'), patternedBytes(300_000));
      expectOther(() => setMany(bucket, [pair('b'), pair('')]), /empty key/);
      expectOther(() => deleteMany(bucket, ['a', '']), /empty key/);
      expect(bucket.listKeys(undefined).keys).toEqual(['a', 'large']);
      deleteMany(bucket, ['missing', 'a', 'a']);
      setMany(bucket, []);
      deleteMany(bucket, []);
      expect(bucket.listKeys(undefined).keys).toEqual(['large']);
    });

    test("existing hosts' own list", async () => {
      const subject = await open();
      const bucket: DraftBucket<Cursor> = newBucket(subject);
      const { batch, atomics } = subject.world;
      put(bucket, 'preset', '5');
      expect(atomics.increment(bucket, 'preset', 1n)).toBe(6n);
      batch.setMany(bucket, ['a1', 'b1', 'c1'].map(pair));
      batch.deleteMany(bucket, ['a1', 'c1']);
      const found = batch.getMany(bucket, ['a1', 'b1', 'c1']);
      expect(found.map((one) => one && textOf(one[1]))).toEqual([undefined, 'b1', undefined]);
      bucket.set('large', patternedBytes(10_001));
      expectBytes(bucket.get('large'), patternedBytes(10_001));
    });
  });
}

/** Keys in order: `k0000`, `k0001`, …. */
function numbered(count: number, prefix: string): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(4, '0')}`);
}

/** A key with itself as its value. */
function pair(key: string): [string, Uint8Array] {
  return [key, Buffer.from(key)];
}
