import { describe, expect, it } from 'vitest';
import { kvInMemory, kvOnDisk } from '../support/run-command.js';

describe('decr', () => {
  it('takes 1 away, or DELTA, and prints the new value', async () => {
    const kv = await kvOnDisk();
    await kv('set n 42');
    expect(await kv('decr n')).toMatchObject({ outcome: 0, text: '41\n', stderr: '' });
    expect((await kv('decr n 40')).text).toBe('1\n');
    expect((await kv('decr n 0')).text).toBe('1\n');
    expect((await kv('decr n 1')).text).toBe('0\n');
    expect((await kv('get n')).text).toBe('0');
  });

  it('is exact to the last of 64 bits', async () => {
    const kv = kvInMemory();
    await kv('set n 18446744073709551615');
    expect((await kv('decr n --json')).text).toBe('{"key":"n","value":"18446744073709551614"}\n');
    expect((await kv('decr n 18446744073709551614')).text).toBe('0\n');
  });

  it.each([
    ['n', '1', '2'],
    ['missing', '', '1'],
  ])('refuses to go below 0: %s', async (key, before, delta) => {
    const kv = kvInMemory();
    if (before) await kv(['set', key, before]);
    const { outcome, error, text } = await kv(['decr', key, delta]);
    expect([outcome, error?.code, text]).toEqual([4, 'overflow', '']);
    expect(error?.message).toBe(`cannot decrement "${key}": -1 is not between 0 and 2^64-1`);
    expect((await kv(['get', key, '--default', ''])).text).toBe(before);
  });

  it('refuses what is no counter, and leaves it', async () => {
    const kv = kvInMemory();
    await kv(['set', 'n', '5\n']);
    const { outcome, error } = await kv('decr n');
    expect([outcome, error?.code]).toEqual([4, 'not-a-counter']);
    expect(error?.message).toMatch(/^cannot decrement "n": /);
    expect((await kv('get n')).text).toBe('5\n');
  });

  it('says of a negative DELTA which verb adds to a counter', async () => {
    const { error } = await kvInMemory()('decr a -5');
    expect(error?.message).toBe('DELTA "-5" is negative: incr adds to a counter');
  });

  it.each(['x', '1.5', '18446744073709551616'])('refuses the DELTA %j', async (delta) => {
    const { outcome, error } = await kvInMemory()(['decr', 'n', delta]);
    expect(outcome).toBe(2);
    expect(error?.message).toBe(`DELTA "${delta}" is not a whole number from 0 to 2^64-1`);
  });
});
