import { describe, expect, it } from 'vitest';
import { controls, hostile } from '../support/odd-text.js';
import { type Kv, kvInMemory, onTerminal } from '../support/run-command.js';

const largest = '18446744073709551615';

async function kvWith(value: string): Promise<Kv> {
  const kv = kvInMemory();
  await kv(['set', 'n', value]);
  return kv;
}

describe('incr', () => {
  it('adds 1, from 0 where there is no key, and prints the new value', async () => {
    const kv = kvInMemory();
    expect(await kv('incr n')).toMatchObject({ outcome: 0, text: '1\n', stderr: '' });
    expect((await kv('incr n', onTerminal)).text).toBe('2\n');
    expect((await kv('get n')).text).toBe('2');
  });

  it('adds DELTA, which may be 0', async () => {
    const kv = kvInMemory();
    expect((await kv('incr n 0')).text).toBe('0\n');
    expect((await kv('incr n 41')).text).toBe('41\n');
    expect((await kv('incr n 0')).text).toBe('41\n');
    expect((await kv('incr n 007')).text).toBe('48\n');
  });

  it('goes on from what set has written', async () => {
    expect((await (await kvWith('41'))('incr n')).text).toBe('42\n');
  });

  it('is exact to the last of 64 bits', async () => {
    const kv = await kvWith('18446744073709551613');
    expect((await kv('incr n 2')).text).toBe(`${largest}\n`);
    expect((await kvInMemory()(`incr n ${largest}`)).text).toBe(`${largest}\n`);
  });

  it('refuses to pass them, and changes nothing', async () => {
    const kv = await kvWith(largest);
    const { outcome, error, text } = await kv('incr n');
    expect([outcome, error?.code, text]).toEqual([4, 'overflow', '']);
    expect(error?.message).toMatch(/^cannot increment "n": /);
    expect((await kv('get n')).text).toBe(largest);
  });

  it.each(['', 'x', '-1', '1.0', '01', ' 1', '1\n', '1e3', `${largest}0`])(
    'refuses the value %j, which is no counter, and leaves it',
    async (value) => {
      const kv = await kvWith(value);
      const { outcome, error } = await kv('incr n');
      expect([outcome, error?.code]).toEqual([4, 'not-a-counter']);
      expect((await kv('get n')).text).toBe(value);
    },
  );

  it.each([
    ['5\n', 'has a newline at its end', '5'],
    ['5\r\n', 'has a newline at its end', '5'],
    ['18446744073709551615\n', 'has a newline at its end', '18446744073709551615'],
    [' 5', 'has space around it', '5'],
    ['007', 'has a sign, leading zeroes or too many digits', '7'],
    ['+7', 'has a sign, leading zeroes or too many digits', '7'],
    ['00\n', 'has a newline at its end', '0'],
  ])('says what is wrong with the value %j', async (value, fault, number) => {
    const { error } = await (await kvWith(value))('incr n');
    expect(error?.message).toBe(`cannot increment "n": its value is a number that ${fault}`);
    expect(error?.hint).toBe(`try: kv set KEY ${number}, or printf ${number} | kv set KEY`);
  });

  it('says of a negative DELTA which verb takes from a counter', async () => {
    const { error } = await kvInMemory()('incr a -5');
    expect(error?.message).toBe('DELTA "-5" is negative: decr takes from a counter');
  });

  it.each(['x', '1.5', '', '18446744073709551616'])('refuses the DELTA %j', async (delta) => {
    const kv = await kvWith('1');
    const { outcome, error } = await kv(['incr', 'n', delta]);
    expect(outcome).toBe(2);
    expect(error?.message).toBe(`DELTA "${delta}" is not a whole number from 0 to 2^64-1`);
    expect(error?.hint).toContain('usage: kv incr KEY [DELTA]');
    expect((await kv('get n')).text).toBe('1');
  });

  it('prints every digit with --json', async () => {
    const kv = await kvWith('18446744073709551614');
    expect((await kv('incr n --json')).text).toBe(`{"key":"n","value":"${largest}"}\n`);
  });

  it('lets no control character of the key reach a terminal with --json', async () => {
    const { text } = await kvInMemory()(['incr', hostile, '--json'], onTerminal);
    expect(text.trimEnd()).not.toMatch(controls);
    expect(JSON.parse(text)).toEqual({ key: hostile, value: 1 });
  });

  it('prints the value with -q as well: it is the answer', async () => {
    expect((await kvInMemory()('incr n -q')).text).toBe('1\n');
  });

  it('writes nothing with --read-only, nor to a missing bucket', async () => {
    const kv = await kvWith('1');
    expect((await kv('incr n --read-only')).error?.code).toBe('read-only');
    expect((await kv('incr n -b missing')).error?.code).toBe('no-bucket');
    expect((await kv(['incr', ''])).error?.code).toBe('invalid-key');
    expect((await kv('get n')).text).toBe('1');
  });
});
