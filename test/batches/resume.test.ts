/** An import that ends early: what it says of what stays, and of going on, which has to be exact. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kvInMemory } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

interface Pair {
  readonly key: string;
  readonly value: string;
}

/** Writes pairs in a format; the one at `bad` is malformed. */
type Write = (pairs: readonly Pair[], bad?: number) => string;

const json = ({ key, value }: Pair, isBad: boolean, space = '') =>
  JSON.stringify(isBad ? { key } : { key, value }, undefined, space);
const quotedField = (text: string) => `"${text.replaceAll('"', '""')}"`;
const hex = (text: string) => ` ${Buffer.from(text).toString('hex')}`;
const separated =
  (separator: string): Write =>
  (pairs, bad) =>
    pairs
      .map(({ key, value }, index) =>
        [key, ...(index === bad ? [] : [value])].map(quotedField).join(separator),
      )
      .reduce((text, line) => `${text}${line}\n`, `key${separator}value\n`);

const formats: Readonly<Record<string, [name: string, write: Write]>> = {
  ndjson: ['ndjson', (pairs, bad) => pairs.map((one, i) => `${json(one, i === bad)}\n\n`).join('')],
  'json on one line': ['json', (pairs, bad) => `[${pairs.map((one, i) => json(one, i === bad))}]`],
  'json over lines': [
    'json',
    (pairs, bad) => `[\n${pairs.map((one, i) => json(one, i === bad, ' ')).join(', ')}\n]\n`,
  ],
  csv: ['csv', separated(',')],
  tsv: ['tsv', separated('\t')],
  mdb: [
    'mdb',
    (pairs, bad) =>
      [
        ...['VERSION=3', 'format=bytevalue', 'type=btree', 'HEADER=END'],
        ...pairs.flatMap(({ key, value }, i) => [hex(key), i === bad ? ' x' : hex(value)]),
        ...['DATA=END', ''],
      ].join('\n'),
  ],
};

/** Values span lines; keys need not ascend, and some come twice. */
const pairs = fc.array(
  fc.record({
    key: fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 4 }),
    value: fc.string({ unit: fc.constantFrom('x', '\n', '"', ',', '\t', 'é'), maxLength: 5 }),
  }),
  { minLength: 1, maxLength: 12 },
);

describe.each(Object.entries(formats))('an import of %s', (_, [format, write]) => {
  it('that stops at any record and is resumed as it says leaves what a whole one does', async () => {
    const property = fc.asyncProperty(pairs, fc.nat(), fc.boolean(), async (all, at, isInsert) => {
      const whole = kvInMemory();
      await whole(`import --format ${format}`, { stdin: write(all) });
      const kv = kvInMemory();
      const bad = at % all.length;
      const mode = isInsert ? ' --mode insert' : '';
      const isTwice =
        isInsert &&
        all.slice(0, bad).some((one, i) => all.findIndex(({ key }) => key === one.key) !== i);
      fc.pre(!isTwice);
      const { error } = await kv(`import --format ${format}${mode}`, { stdin: write(all, bad) });
      expect(error?.code).toBe('rejected');
      expect(error?.secondLine).not.toMatch(/--skip 0/);
      const skip = /^committed through (?:line|record) (\d+); resume with --skip \1$/.exec(
        error!.secondLine,
      );
      if (bad === 0) expect(error?.secondLine).toMatch(/^nothing was stored(?!.*resume)/);
      else expect(skip).not.toBeNull();
      const again = `import --format ${format} --skip ${skip?.[1] ?? 0} --json`;
      const { outcome, text } = await kv(again, { stdin: write(all) });
      expect([outcome, JSON.parse(text).read]).toEqual([0, all.length - bad]);
      expect((await kv('export')).text).toBe((await whole('export')).text);
    });
    await fc.assert(property, { numRuns: 15 });
  });

  it('that stops again says with which --skip to go on, also where nothing more was stored', async () => {
    const kv = kvInMemory();
    const all = ['a', 'b', 'c'].map((key) => ({ key, value: '1' }));
    const first = await kv(`import --format ${format}`, { stdin: write(all, 1) });
    const skip = /--skip (\d+)$/.exec(first.error!.secondLine)![1];
    const words = `import --format ${format} --skip ${skip}`;
    const { error } = await kv(words, { stdin: write(all, 1) });
    expect(error?.secondLine).toBe(`nothing more was stored; resume with --skip ${skip}`);
  });

  it.each([
    ['--atomic', 'nothing was changed'],
    ['--mode replace', 'nothing was changed'],
    ['--dry-run', 'nothing was to be changed'],
  ])('with %s advises no resume', async (option, hint) => {
    const kv = kvInMemory();
    await kv('set old 1');
    const all = ['a', 'b', 'c'].map((key) => ({ key, value: '1' }));
    const { error } = await kv(`import --format ${format} ${option}`, { stdin: write(all, 1) });
    expect(error?.secondLine).toBe(hint);
    expect((await kv('keys')).text).toBe('old\n');
  });
});

describe('the bar', () => {
  const stdin = `${JSON.stringify({ key: 'k', value: 'x'.repeat(30_000) })}\n`.repeat(10);

  it.each([
    ['', /^(nothing stored yet|stored through line \d+)$/],
    [' --skip 3', /^stored through line ([3-9]|10)$/],
    [' --atomic', /^\d+ records read, stored at the end$/],
    [' --mode replace', /^\d+ records read, stored at the end$/],
    [' --atomic --dry-run', /^\d+ records checked$/],
  ])('says of an import%s what would stay if it were killed', async (options, remark) => {
    const { remarks } = await kvInMemory()(`import${options}`, { stdin });
    expect(remarks.length).toBeGreaterThan(3);
    for (const one of remarks) expect(one).toMatch(remark);
  });

  it('says within a transaction what that stores', async () => {
    const file = join(temporaryFolder(), 'records');
    writeFileSync(file, stdin);
    const { remarks } = await kvInMemory()('exec --atomic', { stdin: `import ${file}\n` });
    expect(remarks.length).toBeGreaterThan(0);
    for (const one of remarks)
      expect(one).toMatch(/^\d+ records read, stored with the transaction$/);
  });
});

describe('a fault in a header', () => {
  it.each([
    ['csv', '\n\nkey;value\na;1\n', 'stdin:3: the header has no "key" column'],
    ['tsv', 'key\ta\n', 'stdin:1: the header has no "value" column'],
    ['json', '\n {"key":"a","value":"1"}', 'stdin:2:2: not a JSON array'],
    ['mdb', '\nVERSION=2\n', 'stdin:2: a dump with the header "VERSION=2" cannot be read'],
  ])('of %s advises no resume', async (format, stdin, message) => {
    for (const [skip, hint] of [
      ['', /^nothing was stored(; |$)(?!.*--skip)/],
      [' --skip 7', /^nothing more was stored(; |$)(?!.*--skip)/],
    ] as const) {
      const { error } = await kvInMemory()(`import --format ${format}${skip}`, { stdin });
      expect(error?.message).toBe(message);
      expect(error?.secondLine).toMatch(hint);
    }
  });
});

describe('a record of a JSON array', () => {
  it.each([
    [
      '[{"key":"a","value":"1"}, {"key":"b","value":2}]',
      '1:27: record 2, key "b": "value" is not a string',
    ],
    ['[ 3 ]', '1:3: record 1: not an object'],
    ['[{"value":"1"}]', '1:2: record 1: no "key"'],
    [
      '[\n{"key":"a",\n"value":"1"}, {"key":"é", "value":null}]',
      '3:15: record 2, key "é": "value" is not a string',
    ],
    ['[{"key":"a","value":"1"}, {"key":"b" 2}]', '1:27: record 2: not JSON'],
    ['[{"key":"a","value":"1"} x', '1:26: not JSON'],
  ])('is named by its number, its key and its place: %s', async (stdin, message) => {
    const { error } = await kvInMemory()('import --format json', { stdin });
    expect(error?.message).toBe(`stdin:${message}`);
  });

  it('is named so where its key is there already, and in the file of rejected ones', async () => {
    const kv = kvInMemory();
    const stdin = '[{"key":"a","value":"1"},\n {"key":"a","value":"2"}]';
    const { error } = await kv('import --format json --mode insert', { stdin });
    expect(error?.message).toBe('stdin:2:2: record 2, key "a": the key is there already');
    expect(error?.secondLine).toBe('committed through record 1; resume with --skip 1');
    const skipped = await kv('import --format json --mode insert --on-error skip', { stdin });
    expect(skipped.stderr).toMatch(/^stdin:1:2: record 1, key "a": .*\nstdin:2:2: record 2, /);
  });
});
