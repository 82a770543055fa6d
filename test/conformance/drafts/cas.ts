/** What draft2 has beside the first draft: `cas`, and increments below 0. */
import { describe, expect, test } from 'vitest';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { expectBytes } from '../subject.js';
import {
  type Cas,
  type CasWorld,
  type DraftSubject,
  drop,
  expectOther,
  newBucket,
  put,
  textOf,
  variant,
} from './subject.js';

export function casConformance(name: string, open: () => Promise<DraftSubject<CasWorld>>): void {
  describe(`${name} conforms to atomics of draft2:`, () => {
    const opened = async () => {
      const subject = await open();
      const { Cas, swap, increment } = subject.world.atomics;
      return {
        bucket: newBucket(subject),
        casOf: Cas.new,
        swapText: (cas: Cas, text: string) => swap(cas, Buffer.from(text)),
        swap,
        increment,
      };
    };

    /** The cas that a swap which failed leads to. */
    const failed = (work: () => unknown): Cas => {
      const { tag, val } = variant(work);
      expect(tag).toBe('cas-failed');
      return val as Cas;
    };

    test('a swap replaces what current() told', async () => {
      const { bucket, casOf, swapText } = await opened();
      put(bucket, 'key', 'old');
      const cas = casOf(bucket, 'key');
      expect([textOf(cas.current()), textOf(cas.current())]).toEqual(['old', 'old']);
      swapText(cas, 'new');
      expect(textOf(bucket.get('key'))).toBe('new');
    });

    test.each<[string, (bucket: { set: () => void; delete: () => void }) => void]>([
      ['was set again to the same', ({ set }) => set()],
      ['was deleted and made again', (key) => [key.delete(), key.set()]],
      ['was deleted', (key) => key.delete()],
    ])('no swap where the key %s', async (_, change) => {
      const { bucket, casOf, swapText } = await opened();
      put(bucket, 'key', 'same');
      const cas = casOf(bucket, 'key');
      change({ set: () => put(bucket, 'key', 'same'), delete: () => bucket.delete('key') });
      const before = bucket.get('key');
      const again = failed(() => swapText(cas, 'lost'));
      expect(bucket.get('key')).toEqual(before);
      expect(again.current()).toEqual(before);
      swapText(again, 'won');
      expect(textOf(bucket.get('key'))).toBe('won');
    });

    test('a key that is missing is set only while it stays so', async () => {
      const { bucket, casOf, swapText } = await opened();
      const cas = casOf(bucket, 'key');
      const late = casOf(bucket, 'key');
      expect(cas.current()).toBeUndefined();
      swapText(cas, 'made');
      expect(textOf(failed(() => swapText(late, 'lost')).current())).toBe('made');
    });

    test('current() is what a swap would replace, also when that has been overwritten', async () => {
      const { bucket, casOf, swapText } = await opened();
      bucket.set('key', patternedBytes(300_000));
      const cas = casOf(bucket, 'key');
      bucket.set('key', patternedBytes(300_000, 1));
      expectBytes(cas.current(), patternedBytes(300_000));
      drop(failed(() => swapText(cas, 'lost')));
      expectBytes(bucket.get('key'), patternedBytes(300_000, 1));
    });

    test('a value of any size is swapped, and other keys are let alone', async () => {
      const { bucket, casOf, swap } = await opened();
      const cas = casOf(bucket, 'key');
      put(bucket, 'other', 'written beside');
      swap(cas, patternedBytes(300_000));
      expectBytes(bucket.get('key'), patternedBytes(300_000));
    });

    test('no cas of what is no key', async () => {
      const { bucket, casOf } = await opened();
      expectOther(() => casOf(bucket, ''), /^cannot use an empty key/);
    });

    test('increment() goes down to 0, and from anywhere to 2^63-1', async () => {
      const { bucket, increment } = await opened();
      const read = () => textOf(bucket.get('n'));
      expectOther(() => increment(bucket, 'n', -1n), /^cannot decrement "n": -1 is not between/);
      expect(read()).toBeUndefined();
      expect(increment(bucket, 'n', 5n)).toBe(5n);
      expect(increment(bucket, 'n', -5n)).toBe(0n);
      expectOther(() => increment(bucket, 'n', -(2n ** 63n)), /is not between 0 and 2\^63-1$/);
      expect(read()).toBe('0');
      put(bucket, 'n', String(2n ** 63n));
      expectOther(() => increment(bucket, 'n', 0n), /is not between 0 and 2\^63-1$/);
      expect(increment(bucket, 'n', -1n)).toBe(2n ** 63n - 1n);
      put(bucket, 'n', String(2n ** 64n - 1n));
      expect(increment(bucket, 'n', -(2n ** 63n))).toBe(2n ** 63n - 1n);
    });
  });
}
