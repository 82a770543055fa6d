import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { howMany } from '../support/length.js';
import { type Kv, kvInMemory, kvOnDisk } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const lines = (...records: unknown[]) => records.map((one) => `${JSON.stringify(one)}\n`).join('');
const record = (key: string, value: string) => ({ key, value });
const pairs = async (kv: Kv) => (await kv('export')).text;

/** A file with a record, a line that is none, and a record. */
const broken = `${lines(record('a', '1'))}{"key":"b"}\n${lines(record('c', '3'))}`;

describe.each([
  ['in memory', async () => kvInMemory()],
  ['on the disk', kvOnDisk],
])('import %s', (_, open) => {
  it('loads what stdin brings, and says how much', async () => {
    const kv = await open();
    const { outcome, text, stderr } = await kv('import', { stdin: lines(record('k', 'v')) });
    expect([outcome, text]).toEqual([0, '']);
    expect(stderr).toMatch(
      /^read 1 record, wrote 1, rejected 0: 24 B in [\d.]+ s, \d+ records\/s\n$/,
    );
    expect((await kv('get k')).text).toBe('v');
  });

  it('stops at the first bad record, names its line, and keeps what came before', async () => {
    const kv = await open();
    const { outcome, error } = await kv('import', { stdin: broken });
    expect([outcome, error?.code]).toEqual([4, 'rejected']);
    expect(error?.message).toMatch(/^stdin:2: /);
    expect(error?.secondLine).toBe('committed through line 1; resume with --skip 1');
    expect(await pairs(kv)).toBe(lines(record('a', '1')));
  });

  it('goes on where --skip says', async () => {
    const kv = await open();
    await kv('import', { stdin: broken });
    const mended = broken.replace('{"key":"b"}', '{"key":"b","value":"2"}');
    expect((await kv('import --skip 1', { stdin: mended })).outcome).toBe(0);
    expect(await pairs(kv)).toBe(lines(record('a', '1'), record('b', '2'), record('c', '3')));
  });

  it('skips bad records with --on-error skip, and still ends with 4', async () => {
    const kv = await open();
    const rejects = join(temporaryFolder(), 'rejects');
    const words = ['import', '--on-error', 'skip', '--rejects', rejects];
    const { outcome, stderr } = await kv(words, { stdin: broken });
    expect(outcome).toBe(4);
    expect(stderr).toMatch(/^read 3 records, wrote 2, rejected 1: /);
    expect(await pairs(kv)).toBe(lines(record('a', '1'), record('c', '3')));
    const rejected = JSON.parse(readFileSync(rejects, 'utf8'));
    expect(rejected).toMatchObject({ file: 'stdin', line: 2, record: '{"key":"b"}' });
    expect(rejected.reason).not.toBe('');
  });

  it('counts the records of a JSON array, several of which may stand on a line', async () => {
    const kv = await open();
    const [large, bad, good] = [
      { key: 'a', value: 'x'.repeat(17_000_000) },
      { key: '', value: 'y' },
      { key: 'c', value: 'z' },
    ].map((one) => JSON.stringify(one));
    const { error } = await kv('import --format json', { stdin: `[${large},${bad},${good}]\n` });
    expect(error?.message).toBe('stdin:1:17000025: record 2, key "": its key is empty');
    expect(error?.secondLine).toBe('committed through record 1; resume with --skip 1');
    expect((await kv('keys')).text).toBe('a\n');
  });

  it('does not take the file that it reads for --rejects', async () => {
    const kv = await open();
    const file = join(temporaryFolder(), 'records');
    writeFileSync(file, broken);
    const { error } = await kv(['import', file, '--on-error', 'skip', '--rejects', file]);
    expect(error?.code).toBe('usage');
    expect(readFileSync(file, 'utf8')).toBe(broken);
  });

  it('keeps a rejected record that is not UTF-8 as it was', async () => {
    const kv = await open();
    const rejects = join(temporaryFolder(), 'rejects');
    const record = Buffer.from('{"key":"\xff","value":"1"}', 'latin1');
    const words = ['import', '--on-error', 'skip', '--rejects', rejects];
    expect((await kv(words, { stdin: record })).outcome).toBe(4);
    const rejected = JSON.parse(readFileSync(rejects, 'utf8'));
    expect(rejected.base64).toBe(true);
    expect(Buffer.from(rejected.record, 'base64')).toEqual(record);
  });

  it.each(['', ' --atomic', ' --atomic --on-error skip'])(
    'import%s says within a transaction what has become a part of it',
    async (options) => {
      const kv = await open();
      const { transactions } = kv.keyvalue;
      await transactions.hold(async () => {
        const { error } = await kv(`import${options}`, { stdin: broken });
        expect(error?.secondLine).toBe('what came before it is a part of the transaction');
        expect((await pairs(kv)).split('\n')[0]).toBe(JSON.stringify(record('a', '1')));
      });
    },
  );

  it('says with --atomic that nothing was written', async () => {
    const kv = await open();
    const { error, stderr } = await kv('import --atomic --on-error skip', { stdin: broken });
    expect(error).toMatchObject({ code: 'rejected', result: 'nothing was changed' });
    expect(error?.message).toMatch(/1 of its 3 records was rejected$/);
    expect(stderr).not.toMatch(/wrote/);
    expect(await pairs(kv)).toBe('');
  });

  it('insert rejects a key that is there, also one that the file brought', async () => {
    const kv = await open();
    await kv('set a 0');
    const stdin = lines(record('b', '1'), record('a', '2'), record('b', '3'), record('c', '4'));
    const { outcome, stderr } = await kv('import --mode insert --on-error skip', { stdin });
    expect(outcome).toBe(4);
    expect(stderr).toMatch(
      /^stdin:2: the key is there already\nstdin:3: the key is there already\nread 4 records, wrote 2, rejected 2: /,
    );
    expect(await pairs(kv)).toBe(lines(record('a', '0'), record('b', '1'), record('c', '4')));
  });

  it('insert stops before the key that is there', async () => {
    const kv = await open();
    await kv('set b 0');
    const stdin = lines(record('a', '1'), record('b', '2'), record('c', '3'));
    const { error } = await kv('import --mode insert', { stdin });
    expect(error?.message).toBe('stdin:2: the key is there already');
    expect(error?.secondLine).toBe('committed through line 1; resume with --skip 1');
    expect(await pairs(kv)).toBe(lines(record('a', '1'), record('b', '0')));
  });

  it('replace leaves exactly what the file holds', async () => {
    const kv = await open();
    await kv('set old 1');
    expect((await kv('import --mode replace', { stdin: lines(record('new', '2')) })).outcome).toBe(
      0,
    );
    expect(await pairs(kv)).toBe(lines(record('new', '2')));
    expect((await kv('bucket list')).text).toBe('default\n');
  });

  it('replace changes nothing where a record is bad', async () => {
    const kv = await open();
    await kv('set old 1');
    const { error } = await kv('import --mode replace', { stdin: broken });
    expect([error?.code, error?.secondLine]).toEqual(['rejected', 'nothing was changed']);
    expect(await pairs(kv)).toBe(lines(record('old', '1')));
    expect((await kv('bucket list')).text).toBe('default\n');
  });

  it.each(['', ' --on-error skip'])(
    '--atomic%s changes nothing where a record is bad',
    async (more) => {
      const kv = await open();
      await kv('set old 1');
      const { outcome, error } = await kv(`import --atomic${more}`, { stdin: broken });
      expect([outcome, error?.secondLine]).toEqual([4, 'nothing was changed']);
      expect(await pairs(kv)).toBe(lines(record('old', '1')));
      expect((await kv('import --atomic', { stdin: lines(record('k', 'v')) })).outcome).toBe(0);
      expect((await kv('get k')).text).toBe('v');
    },
  );

  it('--dry-run reports the same as a run, and writes nothing', async () => {
    const stdin = lines(record('b', '1'), record('a', '2'), record('b', '3'));
    const reports: string[] = [];
    for (const dry of [' --dry-run', '']) {
      const kv = await open();
      await kv('set a 0');
      const words = `import --mode insert --on-error skip --json${dry}`;
      const { outcome, text } = await kv(words, { stdin });
      const { read, written, rejected } = JSON.parse(text);
      reports.push(JSON.stringify([outcome, read, written, rejected]));
      if (dry) expect(await pairs(kv)).toBe(lines(record('a', '0')));
    }
    expect(reports).toEqual(['[4,3,1,2]', '[4,3,1,2]']);
  });

  it('rejects a key over the limit and an empty one, by their lines', async () => {
    const kv = await open();
    const stdin = lines(
      record('k'.repeat(1979), 'v'),
      record('', 'v'),
      record('k'.repeat(1978), 'v'),
    );
    const rejects = join(temporaryFolder(), 'rejects');
    await kv(['import', '--on-error', 'skip', '--rejects', rejects], { stdin });
    const rejected = readFileSync(rejects, 'utf8')
      .trim()
      .split('\n')
      .map((one) => JSON.parse(one));
    expect(rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [1, 'its key of 1979 bytes is over the limit of 1978 bytes'],
      [2, 'its key is empty'],
    ]);
    expect((await kv('keys --count')).text).toBe('1\n');
  });

  it('takes an empty input for no records', async () => {
    const kv = await open();
    const { outcome, stderr } = await kv('import', { stdin: '' });
    expect(outcome).toBe(0);
    expect(stderr).toMatch(/^read 0 records, wrote 0, rejected 0: 0 B /);
  });

  it('takes __proto__ for a key like any other', async () => {
    const kv = await open();
    await kv('import', { stdin: '{"key":"__proto__","value":"v"}\n' });
    expect((await kv('get __proto__')).text).toBe('v');
  });
});

it('tells the format by the name of the file', async () => {
  const kv = kvInMemory();
  const file = join(temporaryFolder(), 'data.csv');
  writeFileSync(file, 'value,key\n"1,\n2",k\n');
  expect((await kv(['import', file])).outcome).toBe(0);
  expect((await kv('get k')).text).toBe('1,\n2');
});

const anyKey = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.constantFrom('\0', 'a\nb', '"', '\\', '__proto__', '😀', 'k'.repeat(1978), '=cmd()', ' '),
);
const anyValue = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc.string({ unit: 'binary', maxLength: 100 }).map((text) => Buffer.from(text)),
  fc.constantFrom(Buffer.alloc(0), Buffer.alloc(70_000, 'x'), Buffer.alloc(300_000, 0xff)),
);

it.each(['ndjson', 'csv', 'tsv', 'mdb'])(
  'what %s exports, it imports to the same bytes',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(anyKey, anyValue), { maxLength: 20 }), async (records) => {
        const [from, to] = [await kvOnDisk(), await kvOnDisk()];
        for (const [key, value] of records) await from(['set', '--', key], { stdin: value });
        const exported = (await from(`export --format ${format}`)).stdout;
        const { outcome } = await to(`import --format ${format}`, { stdin: exported });
        expect(outcome).toBe(0);
        expect((await to(`export --format ${format}`)).stdout.equals(exported)).toBe(true);
        expect((await to('export')).stdout.equals((await from('export')).stdout)).toBe(true);
      }),
      { numRuns: howMany(8, 25) },
    );
  },
);

it.each(['', ' --mode replace', ' --atomic', ' --dry-run'])(
  'import%s into a bucket that is not there names --create',
  async (option) => {
    const stdin = '{"key":"a","value":"1"}\n';
    const { error } = await kvInMemory()(`-b missing import${option}`, { stdin });
    expect(error?.message).toBe('cannot open bucket "missing": there is no such bucket');
    expect([error?.result, error?.hint]).toEqual([
      expect.stringMatching(/^nothing was /),
      '--create makes it',
    ]);
  },
);

it.each([
  ['{"key":"a","value":"1","key":"b"}', '"key" is there twice'],
  ['{"key":"a","value":"1", "value" : "2"}', '"value" is there twice'],
  ['{"k\\u0065y":"a","value":"1","key":"b"}', '"key" is there twice'],
  ['{"key":"a","base64":false,"value":"1","base64":true}', '"base64" is there twice'],
])('a record with a member twice is rejected: %s', async (record, reason) => {
  for (const [format, stdin] of [
    ['ndjson', `${record}\n`],
    ['json', `[${record}]`],
  ] as const) {
    const kv = kvInMemory();
    const { error } = await kv(`import --format ${format}`, { stdin });
    expect([error?.code, error?.message]).toEqual(['rejected', expect.stringMatching(reason)]);
    expect((await kv('keys')).text).toBe('');
  }
});

it.each([
  '{"value":"\\"key\\"","key":"a"}',
  '{"key":"\\u0061","value":"{\\"key\\":1}"}',
  '{"other":{"key":1,"value":2},"key":"a","value":""}',
])('a name within a value, or within another object, is no second member: %s', async (record) => {
  const kv = kvInMemory();
  await kv('import', { stdin: `${record}\n` });
  expect((await kv('keys')).text).toBe('a\n');
});

it.each([
  ['[', 'json'],
  ['key,value\na,1\n', 'csv'],
  ['key\tvalue\na\t1\n', 'tsv'],
  ['VERSION=3\nformat=print\n', 'mdb'],
  ['INSERT INTO t VALUES (1);\n', 'csv'],
  ['PRAGMA foreign_keys=OFF;\n', 'csv'],
  ['-- a dump\n', 'csv'],
  ['SQLite format 3\0', 'csv'],
])('an input that begins %j and is no NDJSON is told --format %s', async (stdin, format) => {
  const { error } = await kvInMemory()('import', { stdin });
  expect(error?.hint).toMatch(new RegExp(`--format ${format}$`));
});

it('a tar archive is told how to store it', async () => {
  const header = Buffer.alloc(512);
  header.write('file.txt');
  header.write('ustar', 257);
  const { error } = await kvInMemory()('import', { stdin: Buffer.concat([header, header]) });
  expect(error?.hint).toMatch(/^a tar archive holds no records: kv set KEY/);
});

describe('the file of rejected records', () => {
  const good = (key: string) => `{"key":"${key}","value":"1"}\n`;
  const linesOf = (file: string) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).line);

  it('has those of one run, and of an import that goes on with --skip all of them', async () => {
    const kv = kvInMemory();
    const file = join(temporaryFolder(), 'bad');
    const words = `import --on-error skip --rejects ${file}`;
    await kv(words, { stdin: `no\n${good('a')}` });
    expect(linesOf(file)).toEqual([1]);
    await kv(words, { stdin: `${good('a')}no\n${good('b')}` });
    expect(linesOf(file)).toEqual([2]);
    await kv(`${words} --skip 3`, { stdin: `${good('a')}no\n${good('b')}no\n` });
    expect(linesOf(file)).toEqual([2, 4]);
  });

  it('is there as the records are rejected, in their order, and nothing is beside it', async () => {
    const kv = kvInMemory();
    await kv('set a old');
    const folder = temporaryFolder();
    const file = join(folder, 'bad');
    const stdin = `${good('a')}no\n${good('b')}${good('a')}no\n`;
    await kv(`import --mode insert --on-error skip --rejects ${file}`, { stdin });
    expect(linesOf(file)).toEqual([1, 2, 4, 5]);
    expect(readdirSync(folder)).toEqual(['bad']);
  });
});
