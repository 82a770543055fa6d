import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controls, hostile } from '../support/odd-text.js';
import { type Kv, kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

async function kvWith(records: Readonly<Record<string, string | Uint8Array>>): Promise<Kv> {
  const kv = await kvOnDisk();
  for (const [key, value] of Object.entries(records)) await kv(['set', key], { stdin: value });
  return kv;
}

const poem = { a: 'one two\ntwo three\nnone\n', b: 'Two', 'c/1': 'two', d: '' };

describe('grep', () => {
  it('prints the lines that match behind their keys', async () => {
    const kv = await kvWith(poem);
    expect(await kv('grep two')).toMatchObject({
      outcome: 0,
      text: 'a\tone two\na\ttwo three\nc/1\ttwo\n',
      stderr: '',
    });
    expect((await kv('grep two c/')).text).toBe('c/1\ttwo\n');
    expect((await kv('grep ^t[w]o$')).text).toBe('c/1\ttwo\n');
    expect((await kv('grep -i ^two')).text).toBe('a\ttwo three\nb\tTwo\nc/1\ttwo\n');
    expect((await kv('grep -Fi TWO c')).text).toBe('c/1\ttwo\n');
  });

  it('refuses a pattern that is too large for V8', async () => {
    const kv = await kvWith(poem);
    const pattern = '[a-z]'.repeat(300_000);
    for (const words of [
      ['grep', pattern],
      ['keys', '--regex', pattern],
    ]) {
      const { outcome, error } = await kv(words);
      expect(outcome).toBe(2);
      expect(error?.message).toMatch(/ is no regular expression: [^\n]*too (big|large)/);
    }
  });

  it('ends with 1, and says nothing, where nothing matches', async () => {
    const kv = await kvWith(poem);
    expect(await kv('grep four')).toMatchObject({ outcome: 1, text: '', stderr: '' });
    expect((await kv(['grep', '-F', 't.o'])).outcome).toBe(1);
    expect((await kv('grep two none')).outcome).toBe(1);
    expect((await kvInMemory()('grep x')).outcome).toBe(1);
  });

  it('prints only keys with -l, and how many lines each has with -c', async () => {
    const kv = await kvWith(poem);
    expect((await kv('grep -l two')).text).toBe('a\nc/1\n');
    expect((await kv('grep -c two')).text).toBe('a\t2\nc/1\t1\n');
    // An empty value has no line; what no newline ends is one.
    expect((await kv(['grep', '-c', ''])).text).toBe('a\t3\nb\t1\nc/1\t1\n');
    expect((await kv(['grep', '-c', '-F', ''])).text).toBe('a\t3\nb\t1\nc/1\t1\n');
  });

  it('gives an object a line with --json', async () => {
    const kv = await kvWith({ ...poem, z: 'two\0' });
    expect((await kv('grep two --json')).text).toBe(
      '{"key":"a","line":"one two"}\n{"key":"a","line":"two three"}\n' +
        '{"key":"c/1","line":"two"}\n{"key":"z","binary":true}\n',
    );
    expect((await kv('grep -c two c --json')).text).toBe('{"key":"c/1","lines":1}\n');
    expect((await kv('grep -l two c --json')).text).toBe('{"key":"c/1"}\n');
  });

  it('tells of a binary value no more than that it matches', async () => {
    const kv = await kvWith({ nul: 'two\0two\ntwo', latin1: Buffer.from('zw\xf6 two', 'latin1') });
    const told = 'a binary value that matches';
    expect((await kv('grep two')).text).toBe(`latin1\t${told}\nnul\t${told}\n`);
    expect((await kv('grep -c two nul')).text).toBe('nul\t2\n');
  });

  it('keeps every byte of a line in a pipe, and none that a terminal obeys', async () => {
    const long = 'text '.repeat(20_000);
    const kv = await kvWith({
      [`k${hostile}`]: `\u009b31m\u202e\x1b[2J two`,
      late: Buffer.concat([Buffer.from(`${long}\n`), Buffer.from('\xff two', 'latin1')]),
    });
    const { stdout } = await kv('grep two');
    expect(stdout.includes(Buffer.from('\t\u009b31m\u202e\x1b[2J two\n'))).toBe(true);
    expect(stdout.includes(Buffer.from('late\t\xff two\n', 'latin1'))).toBe(true);
    const shown = await kv('grep two', onTerminal);
    expect(shown.text.replaceAll(/[\n\t]/g, '')).not.toMatch(controls);
  });

  it('shows a match in a long line on a terminal, and cuts the rest', async () => {
    const kv = await kvWith({ k: `${'a'.repeat(5000)}two${'b'.repeat(5000)}` });
    const { text } = await kv('grep two', onTerminal);
    expect(text).toMatch(/^k\t…a+twob+…\n$/);
    expect(text.length).toBeLessThan(450);
  });

  it.each([true, false])('finds what lies across pieces and parts: -F %s', async (fixed) => {
    const chunk = 64 * 4096 - 24;
    const flags = fixed ? ['-F'] : [];
    for (const at of [chunk - 2, 2 * chunk - 2, 1024 * 1024 - 2, 1024 * 1024 + 1000, 2_500_000]) {
      const value = Buffer.alloc(3_000_000, 'x');
      value.write('needle', at);
      const kv = await kvWith({ long: value });
      expect((await kv(['grep', ...flags, '-c', 'needle'])).text).toBe('long\t1\n');
      value.write('\n', at - 1);
      value.write('\n', at + 6);
      await kv('set lines', { stdin: value });
      expect((await kv(['grep', ...flags, 'needle', 'lines'])).text).toBe('lines\tneedle\n');
    }
  });

  it('finds the lines that a search in memory finds, wherever pieces end', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', 'ab', 'é', ' '), maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('ab', 'a', 'é', 'b a', ''),
        fc.boolean(),
        async (lines, pattern, fixed) => {
          const value = `${'-\n'.repeat(131_050)}${lines.join('\n')}`;
          const kv = await kvWith({ small: lines.join('\n'), large: value });
          const all = (text: string) => {
            const split = text.split('\n');
            if (split.at(-1) === '') split.pop();
            return split.filter((each) => each.includes(pattern)).length;
          };
          const expected = [
            ['large', all(value)],
            ['small', all(lines.join('\n'))],
          ] as const;
          const rows = expected.filter(([, count]) => count > 0);
          expect((await kv(['grep', '-c', ...(fixed ? ['-F'] : []), pattern])).text).toBe(
            rows.map(([key, count]) => `${key}\t${count}\n`).join(''),
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each([
    [['('], 'PATTERN is no regular expression: Unterminated group'],
    [['a\nb'], 'PATTERN cannot hold a newline: values are searched line by line'],
    [['a', '-l', '-c'], 'either --list or --count, not both'],
  ])('refuses %j', async (words, message) => {
    const { outcome, error } = await kvInMemory()(['grep', ...words]);
    expect([outcome, error?.message]).toEqual([2, message]);
  });
});
