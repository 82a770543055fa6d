import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controls, hostile, longestKey, oddKeys } from '../support/odd-text.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { type Kv, kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

async function kvWith(...pairs: string[]): Promise<Kv> {
  const kv = kvInMemory();
  await kv(['set-many', ...pairs]);
  return kv;
}

describe('rename', () => {
  it('moves the value to another key', async () => {
    const kv = await kvWith('a=1');
    expect(await kv('rename a b')).toMatchObject({ outcome: 0, text: '', stderr: '' });
    expect((await kv('get-many a b')).text).toBe('a\nb\t1\n');
  });

  it('overwrites the target, unless --if-absent, which leaves both', async () => {
    const kv = await kvWith('a=1', 'b=2', 'c=3');
    const { outcome, error } = await kv('rename a c --if-absent');
    expect([outcome, error?.code]).toEqual([3, 'condition-failed']);
    expect(error?.message).toBe('cannot rename "a" to "c": the key is there already');
    expect((await kv('get-many a c')).text).toBe('a\t1\nc\t3\n');
    await kv('rename a b');
    expect((await kv('get-many a b')).text).toBe('a\nb\t1\n');
    expect((await kv('rename b d --if-absent')).outcome).toBe(0);
  });

  it('is into another bucket with --to-bucket', async () => {
    const kv = await kvWith('job=1');
    await kv('bucket create done');
    expect((await kv('rename job job --to-bucket done')).outcome).toBe(0);
    expect((await kv('exists job')).outcome).toBe(1);
    expect((await kv('get job -b done')).text).toBe('1');
  });

  it('leaves the key where the other bucket is not there', async () => {
    const kv = await kvWith('a=1');
    expect((await kv('rename a a --to-bucket missing')).error?.code).toBe('no-bucket');
    expect((await kv('get a')).text).toBe('1');
  });

  it('to its own name keeps the key', async () => {
    const kv = await kvWith('a=1');
    expect((await kv('rename a a')).outcome).toBe(0);
    expect((await kv('rename a a --to-bucket default')).outcome).toBe(0);
    expect((await kv('get a')).text).toBe('1');
  });

  it('of a missing key is an error, and the target stays', async () => {
    const kv = await kvWith('b=2');
    const { outcome, error } = await kv('rename a b');
    expect([outcome, error?.code]).toEqual([1, 'absent']);
    expect(error?.message).toBe('cannot rename "a": there is no such key');
    expect((await kv('get b')).text).toBe('2');
  });

  it('keeps a large value whole, in its place', async () => {
    const kv = await kvOnDisk();
    const bytes = patternedBytes(5_000_000);
    await kv('set a', { stdin: bytes });
    await kv('rename a b');
    expect((await kv('get b')).stdout.equals(bytes)).toBe(true);
    expect(JSON.parse((await kv('store info --json')).text)).toMatchObject({
      keys: 1,
      chunkedValues: 1,
      uploads: 0,
    });
  });

  it('says what it did on a terminal, unless -q, and with --json', async () => {
    const kv = await kvWith('a=1');
    expect((await kv('rename a b', onTerminal)).stderr).toBe('renamed "a" to "b"\n');
    expect((await kv('rename b c -q', onTerminal)).stderr).toBe('');
    expect((await kv('rename c d --json')).text).toBe('{"source":"c","target":"d"}\n');
  });

  it('takes any keys, and lets no control character reach a terminal', async () => {
    const kv = await kvWith('first=1');
    let last = 'first';
    for (const key of oddKeys) {
      expect((await kv(['rename', '--', last, key])).outcome).toBe(0);
      last = key;
    }
    expect((await kv('keys -0')).text).toBe(`${last}\0`);
    const { stderr } = await kv(['rename', '--', last, hostile], onTerminal);
    expect(stderr.trimEnd()).not.toMatch(controls);
  });

  it.each([
    ['', 'b'],
    ['a', ''],
    ['a', `${longestKey}k`],
  ])('refuses what is no key', async (source, target) => {
    const kv = await kvWith('a=1');
    const { outcome, error } = await kv(['rename', source, target]);
    expect([outcome, error?.code]).toEqual([4, 'invalid-key']);
    expect((await kv('get a')).text).toBe('1');
  });

  it('is also called mv; needs two keys, and leave to write', async () => {
    const kv = await kvWith('a=1');
    expect((await kv('mv a b')).outcome).toBe(0);
    expect((await kv('rename b')).outcome).toBe(2);
    expect((await kv('rename b c --read-only')).error?.code).toBe('read-only');
    expect((await kv('get b')).text).toBe('1');
  });
});

describe('rename --prefix', () => {
  const prefix = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), maxLength: 3 });
  const names = fc.uniqueArray(
    fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 6 }),
    { minLength: 1, maxLength: 12 },
  );

  it('gives each key its new name, whatever of sources and targets overlaps', async () => {
    await fc.assert(
      fc.asyncProperty(names, prefix, prefix, async (keys, source, target) => {
        fc.pre(source !== target && (target !== '' || !keys.includes(source)));
        const kv = await kvWith(...keys.map((key) => `${key}=${key}`));
        const renamed = (key: string) =>
          key.startsWith(source) ? target + key.slice(source.length) : key;
        const expected = new Map(
          keys.filter((key) => renamed(key) === key).map((key) => [key, key]),
        );
        for (const key of keys) if (key.startsWith(source)) expected.set(renamed(key), key);
        expect((await kv(['rename', source, target, '--prefix'])).outcome).toBe(0);
        const records = (await kv('export')).text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line));
        expect(new Map(records.map(({ key, value }) => [key, value]))).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('is whole or not at all', async () => {
    const kv = await kvWith('a1=1', 'a2=2', 'b2=old');
    expect((await kv('rename a b --prefix --if-absent')).outcome).toBe(3);
    expect((await kv('keys')).text).toBe('a1\na2\nb2\n');
    expect((await kv('rename a b --prefix')).outcome).toBe(0);
    expect((await kv('get-many b1 b2')).text).toBe('b1\t1\nb2\t2\n');
  });
});
