import { describe, expect, it } from 'vitest';
import { type Kv, kvInMemory, onTerminal } from '../support/run-command.js';

const largest = '18446744073709551615';

async function kvWith(value: string): Promise<Kv> {
  const kv = kvInMemory();
  await kv(['set', 'n', value]);
  return kv;
}

describe('cas', () => {
  it('swaps where the value is OLD', async () => {
    const kv = await kvWith('41');
    expect(await kv('cas n 41 42')).toMatchObject({ outcome: 0, text: 'true\n' });
    expect((await kv('get n')).text).toBe('42');
  });

  it('is false, with a status of its own and no error, where it is another', async () => {
    const kv = await kvWith('41');
    const { outcome, text, error } = await kv('cas n 40 42');
    expect([outcome, text, error]).toEqual([3, 'false\n', undefined]);
    expect((await kv('get n')).text).toBe('41');
  });

  it('is false for a missing key, and makes none', async () => {
    const kv = kvInMemory();
    expect((await kv('cas n 0 1')).outcome).toBe(3);
    expect((await kv('exists n')).outcome).toBe(1);
  });

  it.each(['', 'x', '041', '41\n', ' 41'])('is false for the value %j', async (value) => {
    const kv = await kvWith(value);
    expect((await kv('cas n 41 42')).outcome).toBe(3);
    expect((await kv('get n')).text).toBe(value);
  });

  it('is exact to the last of 64 bits', async () => {
    const kv = await kvWith(largest);
    expect((await kv('cas n 18446744073709551614 1')).outcome).toBe(3);
    expect((await kv(`cas n ${largest} 0`)).outcome).toBe(0);
    expect((await kv(`cas n 0 ${largest}`)).outcome).toBe(0);
    expect((await kv('get n')).text).toBe(largest);
  });

  it.each([
    ['x', '1'],
    ['1', 'x'],
    ['-1', '1'],
    ['1', '18446744073709551616'],
    ['', '1'],
  ])('refuses %j and %j as numbers', async (old, desired) => {
    const kv = await kvWith('1');
    const { outcome, error } = await kv(['cas', 'n', old, desired]);
    expect([outcome, error?.code]).toEqual([2, 'usage']);
    expect(error?.hint).toContain('usage: kv cas KEY OLD NEW');
    expect((await kv('get n')).text).toBe('1');
  });

  it('is silent with -q, and one object with --json', async () => {
    const kv = await kvWith('1');
    expect(await kv('-q cas n 1 2')).toMatchObject({ outcome: 0, text: '' });
    expect(await kv('-q cas n 1 2')).toMatchObject({ outcome: 3, text: '' });
    expect((await kv('cas n 2 3 --json')).text).toBe('{"key":"n","swapped":true}\n');
    expect((await kv('cas n 2 3 --json', onTerminal)).text).toBe('{"key":"n","swapped":false}\n');
  });

  it('writes nothing with --read-only, nor to a missing bucket', async () => {
    const kv = await kvWith('1');
    expect((await kv('cas n 1 2 --read-only')).outcome).toBe(6);
    expect((await kv('cas n 1 2 -b missing')).outcome).toBe(6);
    expect((await kv('cas n 1')).outcome).toBe(2);
    expect((await kv('get n')).text).toBe('1');
  });
});
