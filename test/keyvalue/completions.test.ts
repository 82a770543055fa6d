import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bucket } from '../../src/keyvalue/bucket.js';
import { COMPLETIONS_LIMIT } from '../../src/keyvalue/completions.js';
import type { Keyvalue } from '../../src/keyvalue/index.js';
import { setValue } from '../support/records.js';
import { bothStores } from './both-stores.js';

/** Keys that share beginnings, of few characters and of many. */
const aKey = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '/', ':', 'é', '\u{1f600}'), minLength: 1 }),
  fc.nat(500).map((number) => `user/${number}/name`),
  fc.nat(500).map((number) => `k${number}`),
  fc.nat(500).map((number) => String.fromCodePoint(0x4e00 + number)),
);

describe.each(bothStores)('completions() $name', ({ open }) => {
  const offered = async (keys: readonly string[], prefix: string) => {
    const keyvalue = await open();
    return texts(keyvalue, await bucketOf(keyvalue, keys), prefix);
  };

  test('gives few keys whole', async () => {
    expect(await offered(['b', 'a/1', 'a/2'], '')).toEqual(['a/1', 'a/2', 'b']);
    expect(await offered(['b', 'a/1', 'a/2'], 'a/')).toEqual(['a/1', 'a/2']);
    expect(await offered(['b'], 'a')).toEqual([]);
    expect(await offered([], '')).toEqual([]);
  });

  test('cuts many keys after the next separator', async () => {
    const keys = ['note', 'user/', ...numbers(200).map((number) => `user/${number}`)];
    expect(await offered(keys, '')).toEqual(['note', 'user/…']);
    expect(await offered(keys, 'us')).toEqual(['user/…']);
  });

  test('cuts many steps where they differ, each as late as may be', async () => {
    const keys = numbers(300).flatMap((number) => [`a:${number}`, `flat${number}x`]);
    expect(await offered([...keys, 'flat7xy'], 'f')).toEqual(
      numbers(10).map((digit) => (digit === 0 ? 'flat0x' : `flat${digit}…`)),
    );
    expect(await offered(keys, '')).toEqual(['a:…', 'flat…']);
  });

  test('gives the last key of too many that differ at once', async () => {
    const keys = numbers(300).map((number) => String.fromCodePoint(0x4e00 + number));
    const found = await offered(keys, '');
    expect(found).toEqual([...keys.slice(0, COMPLETIONS_LIMIT), keys.at(-1)]);
  });

  test('leads to every key, and has in common what all keys have', async () => {
    const lists = fc.uniqueArray(aKey, { maxLength: 400, size: 'max' });
    const keyvalue = await open();
    await fc.assert(
      fc.asyncProperty(lists, fc.nat(3), async (keys, length) => {
        const prefix = [...(keys[0] ?? '')].slice(0, length).join('');
        const found = keyvalue.completions(await bucketOf(keyvalue, keys), prefix);
        const meant = keys.filter((key) => key.startsWith(prefix));
        expect(found.length).toBeLessThanOrEqual(COMPLETIONS_LIMIT + 1);
        expect(common(found.map(({ text }) => text))).toBe(common(meant));
        for (const { text, goesOn } of found) {
          expect(meant.some((key) => (goesOn ? key.startsWith(text) : key === text))).toBe(true);
        }
        if (found.length > COMPLETIONS_LIMIT) return;
        for (const key of meant) {
          expect(
            found.some(({ text, goesOn }) => text === key || (goesOn && key.startsWith(text))),
          ).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });
});

/** A bucket of its own with these keys. */
async function bucketOf(keyvalue: Keyvalue, keys: readonly string[]): Promise<Bucket> {
  const bucket = keyvalue.buckets.create(randomUUID());
  await keyvalue.transactions.group(async () => {
    for (const key of keys) setValue(keyvalue, bucket, key, '');
  });
  return bucket;
}

/** What goes on has an ellipsis. */
function texts(keyvalue: Keyvalue, bucket: Bucket, prefix: string): string[] {
  return keyvalue
    .completions(bucket, prefix)
    .map(({ text, goesOn }) => (goesOn ? `${text}…` : text));
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}

/** The characters that texts begin with, all of them. */
function common(list: readonly string[]): string {
  const [first = [], ...rest] = list.map((text) => [...text]);
  const end = first.findIndex((character, at) => rest.some((other) => other[at] !== character));
  return (end === -1 ? first : first.slice(0, end)).join('');
}
