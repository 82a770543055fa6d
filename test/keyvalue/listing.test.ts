import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bucket } from '../../src/keyvalue/bucket.js';
import type { Keyvalue } from '../../src/keyvalue/index.js';
import type { Selection } from '../../src/keyvalue/listing.js';
import { codeOf } from '../support/error-code.js';
import { setValue } from '../support/records.js';
import { bothStores } from './both-stores.js';

/** Characters at the borders of UTF-8's lengths, and where UTF-16 has another order than UTF-8. */
const border = fc.constantFrom('\0', 'a', 'b', '\u007f', '\u0080', '\u07ff', '\u0800', '\ue000');
const beyond = fc.constantFrom('\ud7ff', '\uffff', '\u{10000}', '\u{10ffff}');

/** Keys that share beginnings, keys of any text, and keys as long as they may be. */
const aKey = fc.oneof(
  fc.string({ unit: fc.oneof(border, beyond), minLength: 1, maxLength: 4 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
  fc.constantFrom('k'.repeat(1978), 'k'.repeat(1977), `${'k'.repeat(1977)}l`, 'é'.repeat(989)),
  fc.constantFrom(`${'k'.repeat(1974)}\u{10ffff}`, `${'k'.repeat(1977)}\u007f`),
);

/** A bound may be what a key cannot: empty. */
const aBound = fc.oneof(aKey, fc.constant(''));

const aSelection: fc.Arbitrary<Selection> = fc.record(
  {
    prefix: aBound,
    start: aBound,
    end: aBound,
    after: aBound,
    limit: fc.nat(12),
    reverse: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** The plain meaning of a selection. */
function naively(keys: readonly string[], selection: Selection): string[] {
  const { prefix, start, end, after, limit = Number.POSITIVE_INFINITY, reverse } = selection;
  const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const found = [...new Set(keys)]
    .sort(compare)
    .filter((key) => prefix === undefined || key.startsWith(prefix))
    .filter((key) => start === undefined || compare(key, start) >= 0)
    .filter((key) => end === undefined || compare(key, end) < 0)
    .filter((key) => after === undefined || compare(key, after) * (reverse ? -1 : 1) > 0);
  return (reverse ? found.reverse() : found).slice(0, limit);
}

function setKeys(keyvalue: Keyvalue, bucket: Bucket, keys: readonly string[]): void {
  const value = keyvalue.types.OutgoingValue.newOutgoingValue();
  keyvalue.eventualBatch.setMany(
    bucket,
    keys.map((key) => [key, value]),
  );
  value[Symbol.dispose]();
}

function expectNaive(keyvalue: Keyvalue, bucket: Bucket, keys: string[], selection: Selection) {
  const expected = naively(keys, selection);
  const { listKeys, listEntries, countKeys } = keyvalue.listing;
  expect([...listKeys(bucket, selection)]).toEqual(expected);
  expect([...listEntries(bucket, selection)].map(({ key }) => key)).toEqual(expected);
  expect(countKeys(bucket, selection)).toBe(expected.length);
}

describe.each(bothStores)('listing $name', ({ open }) => {
  test('gives the keys that meet every bound, in the byte order of their UTF-8', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    await fc.assert(
      fc.asyncProperty(
        fc.array(aKey, { maxLength: 30 }),
        fc.array(aSelection, { minLength: 5, maxLength: 10 }),
        async (keys, selections) => {
          await keyvalue.buckets.clear('test');
          setKeys(keyvalue, bucket, keys);
          for (const selection of selections) expectNaive(keyvalue, bucket, keys, selection);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('is the same over thousands of keys, with bounds that are keys', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    const random = fc.string({ unit: fc.oneof(border, beyond), minLength: 1, maxLength: 7 });
    const keys = fc.sample(random, { numRuns: 4000, seed: 1 });
    keys.push('k'.repeat(1978));
    setKeys(keyvalue, bucket, keys);
    const bound = fc.oneof(
      fc.nat(keys.length - 1).map((index) => keys[index]!),
      aBound,
    );
    const wide = fc.record(
      {
        prefix: fc.constantFrom('', 'a', '\u{10000}', '\uffff'),
        start: bound,
        end: bound,
        after: bound,
        limit: fc.constantFrom(0, 1, 999, 1000, 1001, 2000, 2001, 5000),
        reverse: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    expectNaive(keyvalue, bucket, keys, {});
    expectNaive(keyvalue, bucket, keys, { reverse: true });
    fc.assert(
      fc.property(wide, (selection) => expectNaive(keyvalue, bucket, keys, selection)),
      { numRuns: 60 },
    );
  });

  test.each([1000, 1001, 2000])('gives each of %i keys once, either way', async (count) => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    const keys = Array.from({ length: count }, (_, index) => `key ${10_000 + index}`);
    setKeys(keyvalue, bucket, keys);
    expect([...keyvalue.listing.listKeys(bucket, {})]).toEqual(keys);
    expect([...keyvalue.listing.listKeys(bucket, { reverse: true })]).toEqual([...keys].reverse());
  });

  test('goes on from the last key of a page, either way, to the end', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    const keys = ['\0', 'a', 'a\0', 'b', 'k'.repeat(1978), '\u{10ffff}'];
    setKeys(keyvalue, bucket, keys);
    for (const reverse of [false, true]) {
      const seen: string[] = [];
      let after: string | undefined;
      for (;;) {
        const page = [...keyvalue.listing.listKeys(bucket, { after, reverse, limit: 2 })];
        if (page.length === 0) break;
        seen.push(...page);
        after = page.at(-1);
      }
      expect(seen).toEqual(reverse ? [...keys].reverse() : keys);
    }
  });

  test('tells of each record what stat() does', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    for (const size of [0, 1, 70_000, 300_000]) {
      setValue(keyvalue, bucket, `of ${size}`, Buffer.alloc(size));
    }
    const entries = [...keyvalue.listing.listEntries(bucket, {})];
    expect(entries.map(({ size }) => size)).toEqual([0, 1, 300_000, 70_000]);
    for (const { key, ...metadata } of entries) {
      expect(metadata).toEqual(keyvalue.records.stat(bucket, key));
    }
  });

  test('keeps to the keys there were when it began, whatever is written meanwhile', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    const keys = Array.from({ length: 2500 }, (_, index) => `key ${10_000 + index}`);
    setKeys(keyvalue, bucket, keys);
    const listing = keyvalue.listing.listKeys(bucket, {});
    const seen = [listing.next().value];
    keyvalue.eventualBatch.deleteMany(bucket, keys.slice(2));
    setKeys(keyvalue, bucket, ['key 10001 and a half', 'last']);
    for (const key of listing) seen.push(key);
    expect(seen).toEqual(keys);
    expect([...keyvalue.listing.listKeys(bucket, {})]).toEqual([
      ...keys.slice(0, 2),
      'key 10001 and a half',
      'last',
    ]);
  });

  test('keeps to them as well within a transaction that was begun later', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    for (const key of ['a', 'b', 'c']) setValue(keyvalue, bucket, key, key);
    const before = [...keyvalue.listing.listEntries(bucket, {})];
    const listing = keyvalue.listing.listEntries(bucket, {});
    const seen = [listing.next().value];
    await keyvalue.store.transaction(async () => {
      keyvalue.eventual.delete(bucket, 'b');
      setValue(keyvalue, bucket, 'c', 'longer');
      seen.push(...listing);
    });
    expect(seen).toEqual(before);
    const after = [...keyvalue.listing.listEntries(bucket, {})].map(({ key, size }) => [key, size]);
    expect(after).toEqual([
      ['a', 1],
      ['c', 6],
    ]);
  });

  test('within a transaction that deletes what it lists comes to the end', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    const keys = Array.from({ length: 2500 }, (_, index) => `key ${10_000 + index}`);
    setKeys(keyvalue, bucket, keys);
    const { listKeys } = keyvalue.listing;
    await keyvalue.store.transaction(async () => {
      const selected = listKeys(bucket, { prefix: 'key 1' });
      expect(keyvalue.records.deleteRecords(bucket, selected)).toBe(2500);
    });
    expect(keyvalue.eventualBatch.keys(bucket)).toEqual([]);
  });

  test('fails at once for a bound that is not the beginning of any key', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    for (const name of ['prefix', 'start', 'end', 'after']) {
      for (const bound of ['\ud800', 'k'.repeat(1979)]) {
        const list = () => keyvalue.listing.listKeys(bucket, { [name]: bound });
        expect(codeOf(list)).toBe('invalid-key');
      }
    }
  });

  test('of a bucket that is gone fails', async () => {
    const keyvalue = await open();
    const bucket = keyvalue.buckets.create('test');
    await keyvalue.buckets.delete('test');
    expect(codeOf(() => [...keyvalue.listing.listKeys(bucket, {})])).toBe('no-bucket');
    expect(codeOf(() => [...keyvalue.listing.listEntries(bucket, {})])).toBe('no-bucket');
    expect(codeOf(() => keyvalue.listing.countKeys(bucket, {}))).toBe('no-bucket');
  });
});
