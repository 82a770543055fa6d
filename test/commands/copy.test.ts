import { describe, expect, it } from 'vitest';
import { controls, hostile, longestKey, oddKeys } from '../support/odd-text.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { type Kv, kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

async function kvWith(...pairs: string[]): Promise<Kv> {
  const kv = kvInMemory();
  if (pairs.length > 0) await kv(['set-many', ...pairs]);
  return kv;
}

describe('copy', () => {
  it('gives another key the same value, and keeps the first', async () => {
    const kv = await kvWith('a=1');
    expect(await kv('copy a b')).toMatchObject({ outcome: 0, text: '', stderr: '' });
    expect((await kv('get-many a b')).text).toBe('a\t1\nb\t1\n');
  });

  it('overwrites the target, unless --if-absent', async () => {
    const kv = await kvWith('a=1', 'b=2', 'c=3');
    await kv('copy a b');
    expect((await kv('get b')).text).toBe('1');
    const { outcome, error } = await kv('copy a c --if-absent');
    expect([outcome, error?.code]).toEqual([3, 'condition-failed']);
    expect(error?.message).toBe('cannot copy "a" to "c": the key is there already');
    expect((await kv('get c')).text).toBe('3');
    expect((await kv('copy a d --if-absent')).outcome).toBe(0);
    expect((await kv('get d')).text).toBe('1');
  });

  it('is into another bucket with --to-bucket', async () => {
    const kv = await kvWith('a=1');
    await kv('bucket create attic');
    expect((await kv('copy a a --to-bucket attic')).outcome).toBe(0);
    await kv('set a 2');
    expect((await kv('get a -b attic')).text).toBe('1');
    expect((await kv('copy a a --to-bucket attic --if-absent')).outcome).toBe(3);
  });

  it('copies nothing to a bucket that is not there, and makes none but default', async () => {
    const kv = await kvWith('a=1');
    const { outcome, error } = await kv('copy a a --to-bucket missing');
    expect([outcome, error?.code]).toEqual([6, 'no-bucket']);
    expect((await kv('bucket list')).text).toBe('default\n');
    const other = kvInMemory();
    await other('bucket create from');
    await other('-b from set a 1');
    expect((await other('-b from copy a a --to-bucket default')).outcome).toBe(0);
    expect((await other('get a')).text).toBe('1');
  });

  it('onto itself changes nothing', async () => {
    const kv = await kvWith('a=1');
    const before = (await kv('stat a --json')).text;
    expect((await kv('copy a a')).outcome).toBe(0);
    expect((await kv('stat a --json')).text).toBe(before);
    expect((await kv('copy a a --if-absent')).outcome).toBe(3);
  });

  it('of a missing key is an error, and the target stays', async () => {
    const kv = await kvWith('b=2');
    const { outcome, error } = await kv('copy a b');
    expect([outcome, error?.code]).toEqual([1, 'absent']);
    expect((await kv('get b')).text).toBe('2');
  });

  it('shares the chunks of a large value, which outlives the source', async () => {
    const kv = await kvOnDisk();
    const bytes = patternedBytes(5_000_000);
    await kv('set a', { stdin: bytes });
    const size = async () => JSON.parse((await kv('store info --json')).text).fileSize;
    const before = await size();
    await kv('copy a b');
    expect(await size()).toBeLessThan(before + 1_000_000);
    await kv('delete a');
    expect((await kv('get b')).stdout.equals(bytes)).toBe(true);
  });

  it('says what it did on a terminal, unless -q, and with --json', async () => {
    const kv = await kvWith('a=1');
    expect((await kv('copy a b', onTerminal)).stderr).toBe('copied "a" to "b"\n');
    expect((await kv('copy a b -q', onTerminal)).stderr).toBe('');
    expect((await kv('copy a b --json')).text).toBe('{"source":"a","target":"b"}\n');
  });

  it('takes any keys, and lets no control character reach a terminal', async () => {
    const kv = await kvWith('a=1');
    for (const key of oddKeys) {
      await kv(['copy', '--', 'a', key]);
      expect((await kv(['get', '--', key])).text).toBe('1');
    }
    const { stderr } = await kv(['copy', hostile, 'b'], onTerminal);
    expect(stderr.trimEnd()).not.toMatch(controls);
  });

  it.each([
    ['', 'b'],
    ['a', ''],
    ['a', `${longestKey}k`],
  ])('refuses what is no key', async (source, target) => {
    const { outcome, error } = await (await kvWith('a=1'))(['copy', source, target]);
    expect([outcome, error?.code]).toEqual([4, 'invalid-key']);
  });

  it('is also called cp; needs two keys, and leave to write', async () => {
    const kv = await kvWith('a=1');
    expect((await kv('cp a b')).outcome).toBe(0);
    expect((await kv('copy a')).outcome).toBe(2);
    expect((await kv('copy a c --read-only')).error?.code).toBe('read-only');
    expect((await kv('exists c')).outcome).toBe(1);
  });
});

describe('copy --prefix', () => {
  it('copies each key that begins with it, and says how many', async () => {
    const kv = await kvWith('app/a=1', 'app/b=2', 'application=3', 'new/b=old');
    const { outcome, text } = await kv('copy app/ new/ --prefix --json');
    expect([outcome, text]).toEqual([0, '{"source":"app/","target":"new/","keys":2}\n']);
    expect((await kv('get-many app/a new/a new/b new/lication')).text).toBe(
      'app/a\t1\nnew/a\t1\nnew/b\t2\nnew/lication\n',
    );
    expect((await kv('copy app/ x/ --prefix', onTerminal)).stderr).toBe('copied 2 keys\n');
    expect((await kv('copy none/ x/ --prefix --json')).text).toContain('"keys":0');
  });

  it('copies nothing where one target is there, with --if-absent, or cannot be a key', async () => {
    const kv = await kvWith('a1=1', 'a2=2', 'b2=old');
    const there = await kv('copy a b --prefix --if-absent');
    expect([there.outcome, there.error?.message]).toEqual([
      3,
      'cannot copy "a2" to "b2": the key is there already',
    ]);
    const long = await kv(['copy', 'a', longestKey, '--prefix']);
    expect([long.outcome, long.error?.code]).toEqual([4, 'invalid-key']);
    expect((await kv('keys')).text).toBe('a1\na2\nb2\n');
    expect((await kv('get b2')).text).toBe('old');
  });

  it('shares chunks, is into another bucket, and refuses its own place', async () => {
    const kv = await kvOnDisk();
    await kv('set a1', { stdin: patternedBytes(600_000) });
    await kv('bucket create attic');
    expect((await kv('copy a a --prefix --to-bucket attic')).outcome).toBe(0);
    await kv('delete a1');
    expect((await kv('get a1 -b attic')).stdout.equals(patternedBytes(600_000))).toBe(true);
    const { outcome, error } = await kv('copy a a --prefix');
    expect([outcome, error?.message]).toEqual([2, 'cannot copy "a" to itself']);
  });
});
