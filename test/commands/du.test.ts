import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/terminal/display-width.js';
import { controls, hostile } from '../support/odd-text.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { type Kv, kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

async function kvWith(records: Readonly<Record<string, string>>): Promise<Kv> {
  const kv = await kvOnDisk();
  for (const [key, value] of Object.entries(records)) await kv(['set', '--', key, value]);
  return kv;
}

const logs = { 'logs/a/1': 'xx', 'logs/a/2': 'xxx', 'logs/b': 'x', 'logs/c/': '', top: 'xxxx' };

describe('du', () => {
  it('adds up keys and bytes below each prefix, and at last all of them', async () => {
    const kv = await kvWith(logs);
    expect(await kv('du')).toMatchObject({
      outcome: 0,
      text: '6\t4\tlogs/\n10\t5\t\n',
      stderr: '',
    });
    expect((await kv('du logs/')).text).toBe('5\t2\tlogs/a/\n0\t1\tlogs/c/\n6\t4\tlogs/\n');
    expect((await kv('du --depth 0')).text).toBe('10\t5\t\n');
    expect((await kv('du --depth 9')).text).toBe(
      '5\t2\tlogs/a/\n0\t1\tlogs/c/\n6\t4\tlogs/\n10\t5\t\n',
    );
    expect((await kv('du none')).text).toBe('0\t0\tnone\n');
    expect((await kv('du --json logs/a')).text).toBe(
      '{"prefix":"logs/a/","keys":2,"bytes":5}\n{"prefix":"logs/a","keys":2,"bytes":5}\n',
    );
  });

  it('counts large values as well, wherever they are', async () => {
    const kv = await kvOnDisk();
    for (const size of [0, 3000, 70_000, 600_000]) {
      await kv(['set', `a/${size}`], { stdin: patternedBytes(size) });
    }
    expect((await kv('du')).text).toBe('673000\t4\ta/\n673000\t4\t\n');
  });

  it('agrees with a sum over all keys, whatever the separator and the depth', async () => {
    const key = fc.string({
      unit: fc.constantFrom('a', '/', ':', 'é'),
      minLength: 1,
      maxLength: 7,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(key, fc.string({ unit: fc.constantFrom('x', 'é'), maxLength: 3 }), {
          maxKeys: 9,
        }),
        fc.constantFrom('/', ':', 'a/', 'é'),
        fc.nat(3),
        fc.constantFrom('', 'a', 'a/'),
        async (records, separator, depth, prefix) => {
          const kv = kvInMemory();
          for (const [key, value] of Object.entries(records)) await kv(['set', '--', key, value]);
          const words = ['du', prefix, '--sep', separator, '--depth', String(depth)];
          const rows = (await kv(words)).text.trimEnd().split('\n');
          const expected = new Map<string, number[]>([[prefix, [0, 0]]]);
          for (const [key, value] of Object.entries(records)) {
            if (!key.startsWith(prefix)) continue;
            let path: string = prefix;
            for (let level = 0; ; level++) {
              const [bytes = 0, keys = 0] = expected.get(path) ?? [];
              expected.set(path, [bytes + Buffer.byteLength(value), keys + 1]);
              const at = key.indexOf(separator, path.length);
              if (at === -1 || level === depth) break;
              path = key.slice(0, at + separator.length);
            }
          }
          const lines = [...expected].map(([path, [bytes, keys]]) => `${bytes}\t${keys}\t${path}`);
          expect(rows.toSorted()).toEqual(lines.map((line) => line.trimEnd()).toSorted());
          expect(rows.at(-1)).toBe(`${expected.get(prefix)!.join('\t')}\t${prefix}`.trimEnd());
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([30, 40, 60, 80, 200])('draws bars within a terminal of %i columns', async (columns) => {
    const kv = await kvWith({ ...logs, [`${hostile}${'long'.repeat(20)}/x`]: 'x'.repeat(50) });
    for (const words of ['du', 'du --depth 3', 'du --sizes']) {
      const { text } = await kv(words, { ...onTerminal, columns });
      const lines = text.trimEnd().split('\n');
      expect(lines.every((line) => displayWidth(line) <= columns)).toBe(true);
      expect(lines.join('')).not.toMatch(controls);
      if (columns >= 40) expect(text).toContain('█');
    }
  });

  it('shows the largest of many prefixes on a terminal, and says so', async () => {
    const kv = kvInMemory();
    const records = Array.from({ length: 3500 }, (_, index) =>
      JSON.stringify({ key: `${String(index).padStart(4, '0')}/x`, value: 'x'.repeat(index % 7) }),
    );
    await kv('import', { stdin: records.join('\n') });
    const { text, stderr } = await kv('du', onTerminal);
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(1000);
    expect(lines.at(-1)).toMatch(/3500 keys +in all$/);
    expect(lines.slice(0, -1).every((line) => /^ *[56] B/.test(line))).toBe(true);
    expect(stderr).toBe('2501 smaller prefixes are not shown\n');
    expect((await kv('du')).text.trimEnd().split('\n')).toHaveLength(3501);
  });

  it('counts values by their sizes with --sizes', async () => {
    const kv = kvInMemory();
    for (const [at, size] of [0, 1, 3, 4, 70, 70_000].entries()) {
      await kv(['set', `a${at}`, 'x'.repeat(size)]);
    }
    expect((await kv('du --sizes')).text).toBe(
      '0\t1\t1\t0\n1\t4\t2\t4\n4\t16\t1\t4\n16\t64\t0\t0\n64\t256\t1\t70\n256\t1024\t0\t0\n' +
        '1024\t4096\t0\t0\n4096\t16384\t0\t0\n16384\t65536\t0\t0\n65536\t262144\t1\t70000\n',
    );
    expect((await kv('du a4 --sizes --json')).text).toBe(
      '{"from":64,"below":256,"keys":1,"bytes":70}\n',
    );
    expect((await kv('du none --sizes')).text).toBe('');
    expect((await kv('du none --sizes', onTerminal)).text).toBe('');
  });

  it.each([
    ['du --sizes --depth 1', 'either --sizes or --depth and --sep'],
    ['du --sep=', 'SEP cannot be empty'],
    ['du --depth -1', '"-1" is not a whole number from 0 to 9007199254740991'],
  ])('refuses %s', async (words, message) => {
    const { outcome, error } = await kvInMemory()(words);
    expect(outcome).toBe(2);
    expect(error?.message).toContain(message);
  });
});
