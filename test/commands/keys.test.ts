import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/terminal/display-width.js';
import { unescapeKey } from '../../src/terminal/visible.js';
import { controls, hostile, longestKey, oddKeys } from '../support/odd-text.js';
import { type Kv, kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

async function kvWith(...keys: string[]): Promise<Kv> {
  const kv = kvInMemory();
  for (const key of keys) await kv(['set', '--', key, `value of ${key}`]);
  return kv;
}

const letters = () => kvWith('a', 'b', 'b/1', 'b/2', 'c', 'd');

/** The lines of a listing, without the newline that each ends with. */
function linesOf(text: string): string[] {
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1);
}

describe('the list', () => {
  it('has one key a line and nothing else', async () => {
    const { outcome, text, stderr } = await (await kvWith('b', 'a'))('keys');
    expect([outcome, text, stderr]).toEqual([0, 'a\nb\n', '']);
  });

  it('is nothing for an empty bucket, and done', async () => {
    const kv = kvInMemory();
    for (const words of ['keys', 'keys -l', 'keys -0', 'keys --tree', 'keys --json']) {
      expect(await kv(words)).toMatchObject({ outcome: 0, text: '', stderr: '' });
    }
  });

  it('says that a prefix is no pattern where somebody seems to think so', async () => {
    const { outcome, text, stderr } = await (await kvWith('a'))(['keys', '*'], onTerminal);
    expect([outcome, text]).toEqual([0, '']);
    expect(stderr).toBe('no key begins with "*": it is a prefix, and no pattern; try: --glob\n');
  });

  it('is of the bucket of -b, which must be there', async () => {
    const kv = await letters();
    await kv('bucket create other');
    expect((await kv('keys -b other')).text).toBe('');
    expect((await kv('keys -b missing')).error?.code).toBe('no-bucket');
  });

  it('is in the order of the bytes, not of JavaScript', async () => {
    const kv = await kvWith('\u{10000}', '\uffff', 'é', 'z', 'Z');
    expect(linesOf((await kv('keys')).text)).toEqual(['Z', 'z', 'é', '\uffff', '\u{10000}']);
  });

  it('of many keys is whole', async () => {
    const kv = await kvOnDisk();
    const keys = Array.from({ length: 12_000 }, (_, i) => `key ${String(i).padStart(6, '0')}`);
    await kv(['set-many', ...keys.map((key) => `${key}=`)]);
    expect(linesOf((await kv('keys')).text)).toEqual(keys);
    expect(linesOf((await kv('keys --reverse')).text)).toEqual(keys.toReversed());
  });
});

describe('in a pipe', () => {
  it('every key takes one line, from which it can be read back', async () => {
    const kv = await kvWith(...oddKeys);
    const lines = linesOf((await kv('keys')).text);
    expect(lines.map(unescapeKey).sort()).toEqual([...oddKeys].sort());
    expect(lines).toContain('line\\nbreak');
    expect(lines).toContain('tab\\tand\\\\backslash');
    expect(lines).toContain('ünïcödé');
  });

  it('any keys can be read back', async () => {
    const key = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
      fc.string({
        unit: fc.constantFrom('\\', 'n', 'x', '1', 'b', '\n', '\x1b', '\0'),
        minLength: 1,
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { maxLength: 8 }), async (keys) => {
        const kv = await kvWith(...keys);
        const read = linesOf((await kv('keys')).text).map(unescapeKey);
        expect(read.sort()).toEqual([...keys].sort());
      }),
    );
  });

  it('-0 prints keys as they are, each ended by NUL', async () => {
    const kv = await kvWith('line\nbreak', 'back\\slash', 'a');
    expect((await kv('keys -0')).text).toBe('a\0back\\slash\0line\nbreak\0');
  });
});

describe('on a terminal', () => {
  it.each(['keys', 'keys -l', 'keys -0', 'keys --tree', 'keys --json', 'keys -l --json'])(
    '%s lets no control character of a key through',
    async (words) => {
      const { text } = await (await kvWith(hostile, `${hostile}/${hostile}`))(words, onTerminal);
      expect(text.replaceAll(words.includes('-0') ? '\0' : '\n', '')).not.toMatch(controls);
      expect(text).toContain(words.includes('json') ? '\\u009b2J' : '\\x9b2J');
    },
  );

  it('no two keys look the same', async () => {
    const { text } = await (await kvWith('a\n', 'a\\n'))('keys', onTerminal);
    expect(text).toBe('a\\n\na\\\\n\n');
  });
});

describe('a part', () => {
  it.each([
    ['keys b', 'b b/1 b/2'],
    ['keys b/', 'b/1 b/2'],
    ['keys x', ''],
    ['keys --start b/1', 'b/1 b/2 c d'],
    ['keys --start b/0', 'b/1 b/2 c d'],
    ['keys --end c', 'a b b/1 b/2'],
    ['keys --start b --end b/2', 'b b/1'],
    ['keys --start c --end b', ''],
    ['keys --after b', 'b/1 b/2 c d'],
    ['keys --after d', ''],
    ['keys --limit 2', 'a b'],
    ['keys --limit 0', ''],
    ['keys --limit 100', 'a b b/1 b/2 c d'],
    ['keys --limit 2 --after b', 'b/1 b/2'],
    ['keys --reverse', 'd c b/2 b/1 b a'],
    ['keys --reverse --limit 2', 'd c'],
    ['keys --reverse --limit 2 --after c', 'b/2 b/1'],
    ['keys b --reverse --after b/2', 'b/1 b'],
    ['keys b --start b/1 --end c --limit 1', 'b/1'],
  ])('%s', async (words, expected) => {
    const kv = await letters();
    expect(linesOf((await kv(words)).text).join(' ')).toBe(expected);
    // Whatever the form, it is of the same keys.
    const keys = expected.split(' ').filter(Boolean);
    expect((await kv(`${words} --count`)).text).toBe(`${keys.length}\n`);
    const json = linesOf((await kv(`${words} --json`)).text).map((line) => JSON.parse(line));
    expect(json).toEqual(keys.map((key) => ({ key })));
    expect(linesOf((await kv(`${words} -l`)).text)).toHaveLength(keys.length);
  });

  it('an empty prefix is every key', async () => {
    expect((await (await letters())(['keys', '', '--count'])).text).toBe('6\n');
  });

  it('pages fit together, either way, whatever the keys', async () => {
    const key = fc.string({
      unit: fc.constantFrom('\0', 'a', '\uffff', '\u{10000}'),
      minLength: 1,
    });
    const some = fc.uniqueArray(key, { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(some, fc.integer({ min: 1, max: 4 }), fc.boolean(), async (keys, n, up) => {
        const kv = await kvWith(...keys);
        const order = up ? [] : ['--reverse'];
        const pages: string[] = [];
        // One page beyond those that there can be.
        for (let page = 0; page <= keys.length; page++) {
          const after = pages.length === 0 ? [] : [`--after=${unescapeKey(pages.at(-1)!)}`];
          pages.push(...linesOf((await kv(['keys', ...order, `--limit=${n}`, ...after])).text));
        }
        expect(pages).toEqual(linesOf((await kv(['keys', ...order])).text));
      }),
      { numRuns: 50 },
    );
  });

  it('a bound may be as long as a key, and no longer', async () => {
    const kv = await kvWith(longestKey);
    expect((await kv(`keys ${longestKey}`)).text).toBe(`${longestKey}\n`);
    for (const words of ['keys', 'keys --start', 'keys --end', 'keys --after']) {
      const { outcome, error } = await kv(`${words} ${longestKey}k`);
      expect([outcome, error?.code]).toEqual([4, 'invalid-key']);
    }
  });

  it.each(['x', '-1', '1.5'])('a limit is no %s', async (limit) => {
    const { outcome, error } = await (await letters())(`keys --limit ${limit}`);
    expect(outcome).toBe(2);
    expect(error?.message).toContain('is not a whole number');
  });
});

describe('-l', () => {
  it('in a pipe is size, version, time and key, split by tabs', async () => {
    const kv = await kvWith('a\tb');
    const { text } = await kv('keys -l');
    const { size, version, modified } = JSON.parse((await kv(['stat', '--json', 'a\tb'])).text);
    expect(text).toBe(`${size}\t${version}\t${modified}\ta\\tb\n`);
  });

  it('on a terminal is aligned, for a person', async () => {
    const kv = await kvWith('a');
    await kv('set big', { stdin: Buffer.alloc(5000) });
    const { text } = await kv('keys -l', onTerminal);
    expect(text).toBe(
      ['     10 B        v1      just now  a', '  4.9 KiB        v2      just now  big', ''].join(
        '\n',
      ),
    );
  });

  it('with --json is one object a line', async () => {
    const kv = await letters();
    const lines = linesOf((await kv('keys -l --json')).text).map((line) => JSON.parse(line));
    expect(lines.map(({ key }) => key)).toEqual(['a', 'b', 'b/1', 'b/2', 'c', 'd']);
    expect(lines[2]).toEqual({
      key: 'b/1',
      size: 12,
      version: expect.any(Number),
      modified: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
  });
});

describe('--count', () => {
  it('is a number alone', async () => {
    const kv = await letters();
    expect((await kv('keys --count')).text).toBe('6\n');
    expect((await kv('keys --count', onTerminal)).text).toBe('6\n');
    expect((await kv('keys --count --json')).text).toBe('{"count":6}\n');
    expect((await kvInMemory()('keys --count')).text).toBe('0\n');
  });
});

describe('--tree', () => {
  it('shows branches with their counts', async () => {
    const kv = await kvWith('a', 'b/1', 'b/2/x', 'b/2/y', 'b/', 'c//d');
    expect((await kv('keys --tree')).text).toBe(
      [
        'a',
        'b/ (4)',
        '  ""',
        '  1',
        '  2/ (2)',
        '    x',
        '    y',
        'c/ (1)',
        '  / (1)',
        '    d',
        '',
      ].join('\n'),
    );
  });

  it('is split at any separator, and of any part', async () => {
    const kv = await kvWith('user:1:name', 'user:2:name', 'x/y');
    expect((await kv('keys --tree=:')).text).toBe(
      'user: (2)\n  1: (1)\n    name\n  2: (1)\n    name\nx/y\n',
    );
    expect((await kv('keys user --tree=:1:')).text).toBe('user:1: (1)\n  name\nuser:2:name\n');
    expect((await kv('keys --tree=: --limit 1')).text).toBe('user: (1)\n  1: (1)\n    name\n');
  });

  it('has an escape for what would break a line', async () => {
    expect((await (await kvWith('a/b\nc'))('keys --tree')).text).toBe('a/ (1)\n  b\\nc\n');
  });

  it('needs a separator', async () => {
    const { outcome, error } = await (await letters())(['keys', '--tree=']);
    expect([outcome, error?.message]).toEqual([2, 'the separator of --tree cannot be empty']);
  });
});

describe('forms that exclude each other', () => {
  it.each(['-l -0', '-l --count', '-0 --count', '--tree --count', '--tree -l', '-0 --tree'])(
    'keys %s',
    async (options) => {
      const { outcome, error, text } = await (await letters())(`keys ${options}`);
      expect([outcome, text]).toEqual([2, '']);
      expect(error?.message).toBe('only one of --long, -0, --count, --tree, --values or --table');
      expect(error?.hint).toContain('usage: kv keys');
    },
  );

  it.each([
    ['-0', 'either -0 or --json, not both'],
    ['--tree', 'either --tree or --json, not both'],
  ])('keys %s --json', async (option, message) => {
    const { outcome, error, text } = await (await letters())(`keys ${option} --json`);
    expect([outcome, text, error?.message]).toEqual([2, '', message]);
  });
});

describe('the choice', () => {
  const logs = () => kvWith('log/1.gz', 'log/2.txt', 'log/ü.gz', 'other.gz');

  it('is by a pattern for the whole key, within a prefix, a page and either direction', async () => {
    const kv = await logs();
    const lines = async (...words: string[]) => linesOf((await kv(['keys', ...words])).text);
    expect(await lines('--glob', '*.gz')).toEqual(['log/1.gz', 'log/ü.gz', 'other.gz']);
    expect(await lines('--glob', 'log/?.gz')).toEqual(['log/1.gz', 'log/ü.gz']);
    expect(await lines('log/', '--glob', '*.gz', '--reverse')).toEqual(['log/ü.gz', 'log/1.gz']);
    expect(await lines('log/ü', '--glob', 'log/*')).toEqual(['log/ü.gz']);
    expect(await lines('other', '--glob', 'log/*')).toEqual([]);
    expect(await lines('--glob', '*.gz', '--limit', '1', '--after', 'log/1.gz')).toEqual([
      'log/ü.gz',
    ]);
    expect(await lines('--glob', '*.gz', '--count')).toEqual(['3']);
    expect(await lines('--glob', '*.gz', '--tree')).toEqual([
      'log/ (2)',
      '  1.gz',
      '  ü.gz',
      'other.gz',
    ]);
    expect((await kv(['keys', '-0', '--glob', '*.txt'])).text).toBe('log/2.txt\0');
  });

  it('is by a regular expression for any part of it', async () => {
    const kv = await logs();
    expect(linesOf((await kv(['keys', '--regex', '^l.*[1ü]\\.'])).text)).toEqual([
      'log/1.gz',
      'log/ü.gz',
    ]);
    const { outcome, error } = await kv(['keys', '--regex', '(']);
    expect([outcome, error?.message]).toEqual([
      2,
      '"(" is no regular expression: Unterminated group',
    ]);
    expect((await kv(['keys', '--glob', '['])).outcome).toBe(2);
  });

  it('is by size and by time', async () => {
    const kv = await kvOnDisk();
    for (const size of [0, 1000, 1024, 1025, 70_000, 300_000]) {
      await kv(['set', `k${size}`], { stdin: 'x'.repeat(size) });
    }
    expect((await kv('keys --larger 1K')).text).toBe('k1025\nk300000\nk70000\n');
    const { modified } = JSON.parse((await kv('stat k0 --json')).text);
    expect((await kv('keys --newer 1h --count')).text).toBe('6\n');
    expect((await kv('keys --older 1h --count')).text).toBe('0\n');
    expect((await kv(['keys', 'k0', '--newer', modified, '--count'])).text).toBe('0\n');
    expect((await kv(['keys', 'k0', '--older', modified, '--count'])).text).toBe('0\n');
    expect((await kv('keys --older 2000-01-01 --larger 0')).text).toBe('');
    expect((await kv('keys --newer soon')).outcome).toBe(2);
  });
});

describe('--values', () => {
  it('prints what get-many prints, whatever the size', async () => {
    const kv = await kvOnDisk();
    await kv(['set', 'a\tb', 'tab\tand\nline\\']);
    await kv('set latin1', { stdin: Buffer.from('\xf6', 'latin1') });
    await kv('set long', { stdin: 'x'.repeat(300_000) });
    await kv(['set', 'z', '']);
    for (const json of [[], ['--json']]) {
      const expected = await kv(['get-many', 'a\tb', 'latin1', 'long', 'z', ...json]);
      expect((await kv(['keys', '--values', ...json])).text).toBe(expected.text);
    }
    await kv(['set', hostile, hostile]);
    const { text } = await kv('keys --values', onTerminal);
    expect(text.replaceAll(/[\n\t]/g, '')).not.toMatch(controls);
  });
});

describe('--table', () => {
  it('draws boxes within the terminal, wide characters aligned', async () => {
    const kv = await kvOnDisk();
    await kv(['set', '日本語', 'ein Wert, 値']);
    await kv(['set', hostile, hostile.repeat(20)]);
    await kv('set long', { stdin: 'x'.repeat(300_000) });
    for (const columns of [30, 60, 80, 200]) {
      const { text } = await kv('keys --table --values', { ...onTerminal, columns });
      const lines = linesOf(text);
      expect(lines).toHaveLength(7);
      expect(new Set(lines.map(displayWidth)).size).toBe(1);
      expect(displayWidth(lines[0]!)).toBeLessThanOrEqual(columns);
      expect(lines.join('')).not.toMatch(controls);
    }
    expect((await kv('keys --table none')).text).toBe('');
  });

  it('is whole in a pipe', async () => {
    const kv = await kvWith('k'.repeat(300));
    const { version, modified } = JSON.parse((await kv(['stat', 'k'.repeat(300), '--json'])).text);
    expect(linesOf((await kv('keys --table')).text)[3]).toBe(
      `│ ${'k'.repeat(300)} │  309 │ ${String(version).padStart(7)} │ ${modified} │`,
    );
  });

  it('stands alone', async () => {
    const kv = await letters();
    for (const words of ['--table -l', '--values -0', '--table --count', '--table --json']) {
      expect((await kv(`keys ${words}`)).outcome).toBe(2);
    }
  });
});

describe('a listing that prints little', () => {
  it.each(['--count', '--tree', '-l', '-0', '--table', '--values'])(
    'is stopped by a signal within a script or at the prompt: keys %s',
    async (option) => {
      const kv = await kvOnDisk();
      const records = Array.from({ length: 2000 }, (_, i) => ({
        key: `${'a'.repeat(12)}${i}`,
        value: '',
      }));
      const stdin = records.map((record) => JSON.stringify(record)).join('\n');
      await kv('import -q -', { stdin });
      // What it costs to find that none of these keys is like it lasts longer than a turn.
      const listing = kv(['keys', option, '--regex', '^(a|aa|a?)+b']);
      const before = process.listenerCount('SIGHUP');
      const raise = () => {
        if (process.listenerCount('SIGHUP') > before) process.emit('SIGHUP');
        else turn = setImmediate(raise);
      };
      let turn = setImmediate(raise);
      const { text, error } = await listing;
      clearImmediate(turn);
      expect([text, error?.code]).toEqual(['', 'interrupted']);
    },
  );
});
