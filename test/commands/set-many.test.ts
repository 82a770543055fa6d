import { describe, expect, it } from 'vitest';
import { longestKey } from '../support/odd-text.js';
import { type Kv, kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

const keysOf = async (kv: Kv) => (await kv('keys')).text.split('\n').slice(0, -1);

describe('set-many', () => {
  it('sets every pair', async () => {
    const kv = kvInMemory();
    expect(await kv('set-many a=1 b=2')).toMatchObject({ outcome: 0, text: '', stderr: '' });
    expect((await kv('get-many a b')).text).toBe('a\t1\nb\t2\n');
  });

  it('splits at the first =, and takes the rest as it is', async () => {
    const kv = kvInMemory();
    await kv(['set-many', 'url=http://x/?a=b', 'empty=', 'with space= v ', '__proto__=p']);
    expect((await kv('get url')).text).toBe('http://x/?a=b');
    expect((await kv('get empty')).text).toBe('');
    expect((await kv(['get', 'with space'])).text).toBe(' v ');
    expect((await kv('get __proto__')).text).toBe('p');
    expect(await keysOf(kv)).toHaveLength(4);
  });

  it('keeps the last of a key given twice', async () => {
    const kv = kvInMemory();
    expect((await kv('set-many a=1 a=2 --json')).text).toBe('{"set":1}\n');
    expect((await kv('get a')).text).toBe('2');
  });

  it('says how many on a terminal, unless -q', async () => {
    const kv = kvInMemory();
    expect((await kv('set-many a=1', onTerminal)).stderr).toBe('set 1 key\n');
    expect((await kv('set-many a=1 b=2', onTerminal)).stderr).toBe('set 2 keys\n');
    expect((await kv('set-many a=1 -q', onTerminal)).stderr).toBe('');
  });

  it.each([
    ['=v', 4, 'cannot use an empty key: a key has at least 1 byte'],
    [`${longestKey}k=v`, 4, 'cannot use a key of 1979 bytes: the limit is 1978 bytes'],
    ['word', 2, '"word" is not KEY=VALUE'],
  ])('sets none where one cannot be set', async (pair, status, message) => {
    const kv = await kvOnDisk();
    const { outcome, error } = await kv(['set-many', 'a=1', pair, 'b=2']);
    expect([outcome, error?.message]).toEqual([status, message]);
    expect(await keysOf(kv)).toEqual([]);
  });

  it('is one transaction', async () => {
    const kv = await kvOnDisk();
    const lastTransaction = async () =>
      JSON.parse((await kv('store info --json')).text).lastTransaction;
    await kv('set-many a=0 b=0');
    const before = await lastTransaction();
    await kv('set-many a=1 b=2 c=3');
    expect(await lastTransaction()).toBe(before + 1);
  });

  it('is also called mset', async () => {
    const kv = kvInMemory();
    await kv('mset a=1');
    expect(await keysOf(kv)).toEqual(['a']);
  });

  it('needs a pair, a bucket that is there, and leave to write', async () => {
    const kv = kvInMemory();
    expect((await kv('set-many')).outcome).toBe(2);
    expect((await kv('set-many a=1 -b missing')).error?.code).toBe('no-bucket');
    expect((await kv('set-many a=1 --read-only')).error?.code).toBe('read-only');
    expect(await keysOf(kv)).toEqual([]);
  });
});
