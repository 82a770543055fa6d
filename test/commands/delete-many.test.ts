import { describe, expect, it } from 'vitest';
import { longestKey, oddKeys } from '../support/odd-text.js';
import { type Kv, kvInMemory, onTerminal } from '../support/run-command.js';

async function kvWith(...keys: string[]): Promise<Kv> {
  const kv = kvInMemory();
  for (const key of keys) await kv(['set', '--', key, 'value']);
  return kv;
}

const keysOf = async (kv: Kv) => (await kv('keys')).text.split('\n').slice(0, -1);

describe('delete-many', () => {
  it('deletes the keys, and passes over those that are not there', async () => {
    const kv = await kvWith('a', 'b', 'c');
    expect(await kv('delete-many a missing c')).toMatchObject({ outcome: 0, text: '', stderr: '' });
    expect(await keysOf(kv)).toEqual(['b']);
  });

  it('says how many of how many on a terminal, unless -q', async () => {
    const kv = await kvWith('a', 'b');
    expect((await kv('delete-many a missing', onTerminal)).stderr).toBe('deleted 1 of 2\n');
    expect((await kv('delete-many b -q', onTerminal)).stderr).toBe('');
  });

  it('is one object with --json', async () => {
    expect((await (await kvWith('a'))('delete-many a b --json')).text).toBe('{"deleted":1}\n');
  });

  it('deletes any key', async () => {
    const kv = await kvWith(...oddKeys);
    await kv(['delete-many', '--', ...oddKeys]);
    expect(await keysOf(kv)).toEqual([]);
  });

  it.each(['', `${longestKey}k`])('deletes none where one is no key', async (key) => {
    const kv = await kvWith('a', 'b');
    const { outcome, error } = await kv(['delete-many', 'a', key, 'b']);
    expect([outcome, error?.code]).toEqual([4, 'invalid-key']);
    expect(await keysOf(kv)).toEqual(['a', 'b']);
  });

  it('is also called mdel', async () => {
    const kv = await kvWith('a', 'b');
    await kv('mdel a');
    expect(await keysOf(kv)).toEqual(['b']);
  });

  it('needs a key, a bucket that is there, and leave to write', async () => {
    const kv = await kvWith('a');
    expect((await kv('delete-many')).outcome).toBe(2);
    expect((await kv('delete-many a -b missing')).error?.code).toBe('no-bucket');
    expect((await kv('delete-many a --read-only')).error?.code).toBe('read-only');
    expect(await keysOf(kv)).toEqual(['a']);
  });
});
