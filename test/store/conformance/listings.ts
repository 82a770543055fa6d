import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ELSEWHERE } from '../../../src/store/record.js';
import type { Store, StoreBucket } from '../../../src/store/store.js';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { keysOf, type Open, put, wholeOf } from './subject.js';

const bytes = (text: string) => Buffer.from(text);

export function listings(open: Open): void {
  test('records() gives every record once, in the byte order of the keys', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    fill(store, bucket, ['b', '\u{10000}', 'a', '\ue000', 'a\0', 'ab']);
    const order = ['a', 'a\0', 'ab', 'b', '\ue000', '\u{10000}'];
    expect(keysOf(bucket)).toEqual(order);
    expect(keysOf(bucket, { reverse: true })).toEqual(order.toReversed());
    expect(bucket.count()).toBe(6);
  });

  test('records() keeps to any bounds, up and down', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    const all = Array.from({ length: 400 }, (_, index) => `${10_000 + index}`);
    fill(store, bucket, all);
    const bound = fc.option(
      fc.oneof(
        fc.nat(400).map((index) => `${10_000 + index}`),
        fc.string({ maxLength: 3 }),
      ),
      { nil: undefined },
    );
    fc.assert(
      fc.property(bound, bound, fc.boolean(), (lower, upper, reverse) => {
        const range = {
          ...(lower !== undefined && { lower: bytes(lower) }),
          ...(upper !== undefined && { upper: bytes(upper) }),
          reverse,
        };
        const expected = all.filter((key) => {
          const isAbove = lower === undefined || Buffer.compare(bytes(key), bytes(lower)) >= 0;
          return isAbove && (upper === undefined || Buffer.compare(bytes(key), bytes(upper)) < 0);
        });
        expect(keysOf(bucket, range)).toEqual(reverse ? expected.toReversed() : expected);
      }),
      { numRuns: 60 },
    );
  });

  test.each([false, true])(
    'a record has its key, entry, place and value, reverse %s',
    async (reverse) => {
      const store = await open();
      const bucket = store.createBucket('test');
      const contents = [0, 3, 2000, 70_000, 600_000].map((size) => patternedBytes(size));
      const keys = contents.map(({ length }, index) => `${index} of ${length}`);
      for (const [index, key] of keys.entries()) put(store, bucket, key, contents[index]!);
      const seen: string[] = [];
      for (const records of bucket.records({ reverse })) {
        for (let position = 0; position < records.count; position++) {
          const key = records.key(position);
          seen.push(key);
          const [keyStart, keyEnd, start, end] = records.places.subarray(4 * position);
          expect(records.bytes.toString('utf8', keyStart, keyEnd)).toBe(key);
          expect(records.entry(position)).toEqual({ key, ...bucket.stat(key) });
          const value = contents[keys.indexOf(key)]!;
          if (start !== ELSEWHERE)
            expect(records.bytes.subarray(start, end).equals(value)).toBe(true);
          expect(wholeOf(records.value(position)!).equals(value)).toBe(true);
        }
      }
      expect(seen).toEqual(reverse ? keys.toReversed() : keys);
    },
  );

  test.each([false, true])(
    'records() keeps to the moment it began, reverse %s',
    async (reverse) => {
      const store = await open();
      if (!store.supports.has('snapshots')) return;
      const bucket = store.createBucket('test');
      const keys = Array.from({ length: 3000 }, (_, index) => `${10_000 + index}`);
      fill(store, bucket, keys);
      const listing = bucket.records({ reverse });
      const seen: string[] = [];
      const take = () => {
        const { value, done } = listing.next();
        for (let at = 0; !done && at < value.count; at++) seen.push(value.key(at));
        return !done;
      };
      take();
      bucket.writeMany(keys.map((key) => ({ kind: 'delete', key })));
      put(store, bucket, '10000 and more', 'new');
      while (take());
      expect(seen).toEqual(reverse ? keys.toReversed() : keys);
      expect(keysOf(bucket)).toEqual(['10000 and more']);
    },
  );

  test('records() may be left before its end', async () => {
    const store = await open();
    const bucket = store.createBucket('test');
    fill(store, bucket, ['a', 'b']);
    for (const records of bucket.records({})) {
      expect(records.key(0)).toBe('a');
      break;
    }
    await store.deleteBucket('test');
    await store.close();
  });
}

/** Sets keys to nothing, in one go. */
function fill(store: Store, bucket: StoreBucket, keys: readonly string[]): void {
  const upload = store.upload();
  bucket.writeMany(keys.map((key) => ({ kind: 'put', key, upload })));
  upload.close();
}
