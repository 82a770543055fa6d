import { describe, expect, it } from 'vitest';
import { kvInMemory } from '../support/run-command.js';

const ndjson = [
  '{"key":"a","value":"1","meta":3}',
  '{"key":"b","value":"2"}',
  '{"key":"c","value":"3","meta":4,"a\\u001b":{}}',
  '',
].join('\n');

describe('what is not known of a record', () => {
  it.each([
    ['ndjson', ndjson],
    ['json', `[${ndjson.trim().split('\n')}]`],
  ])(
    'is named in a warning, each member with the number of its records: %s',
    async (format, stdin) => {
      const kv = kvInMemory();
      const { outcome, stderr } = await kv(`import --format ${format}`, { stdin });
      expect(outcome).toBe(0);
      expect(stderr).toContain(
        'stdin: members that are not known are left out: "meta" in 2 records, "a\\x1b" in 1 record\n',
      );
      const { text } = await kv(`import --format ${format} --json`, { stdin });
      expect(JSON.parse(text).leftOut).toEqual({ meta: 2, 'a\x1b': 1 });
    },
  );

  it.each([
    ['csv', 'key,note,value,note\na,x,1,\nb,,2,y\n'],
    ['tsv', 'key\tnote\tvalue\tnote\na\tx\t1\t\nb\t\t2\ty\n'],
  ])('is named so by column: %s', async (format, stdin) => {
    const { outcome, stderr } = await kvInMemory()(`import --format ${format}`, { stdin });
    expect(outcome).toBe(0);
    expect(stderr).toContain(
      'stdin: columns that are not known are left out: "note" in 2 records\n',
    );
  });

  it('is named so of the header of a dump, where it is none of mdb_dump or db_dump', async () => {
    const dump = (line: string) =>
      `VERSION=3\nformat=print\ntype=btree\nmapsize=4096\n${line}\nHEADER=END\n a\n 1\nDATA=END\n`;
    const run = (line: string, options = '') =>
      kvInMemory()(`import --format mdb${options}`, { stdin: dump(line) });
    expect((await run('note=1')).stderr).toContain(
      'stdin: what the header says and is not known is left out: "note"\nread 1 record, wrote 1,',
    );
    expect(JSON.parse((await run('note=1', ' --json')).text).leftOut).toEqual({ note: 1 });
    expect((await run('note=1', ' --strict')).error?.message).toBe(
      'stdin:6: the header says what is not known: "note"',
    );
    for (const line of ['integerkey=1', 'db_lorder=1234', 'keys=1']) {
      expect((await run(line, ' --strict')).stderr).toMatch(/^read 1 record, wrote 1/);
    }
    expect((await run('keys=0')).error?.message).toBe(
      'stdin:5: a dump with the header "keys=0" cannot be read',
    );
  });

  it('is told also where the import ends early, and of what is read alone', async () => {
    const kv = kvInMemory();
    const { stderr } = await kv('import', { stdin: `${ndjson}x\n` });
    expect(stderr).toContain('"meta" in 2 records');
    const resumed = await kv('import --skip 1', { stdin: ndjson });
    expect(resumed.stderr).toContain('"meta" in 1 record,');
  });

  it('names some of very many', async () => {
    const lines = Array.from({ length: 50 }, (_, i) => `{"key":"a","value":"","m${i}":0}\n`);
    const { stderr } = await kvInMemory()('import', { stdin: lines.join('') });
    expect(stderr).toMatch(/"m19" in 1 record, others in 30 records\n/);
  });

  it('is no warning where all is known', async () => {
    const { stderr } = await kvInMemory()('import', {
      stdin: '{"key":"a","base64":false,"value":"1"}',
    });
    expect(stderr).toMatch(/^read 1 record/);
  });

  it('rejects a record with --strict, and a header', async () => {
    const { error } = await kvInMemory()('import --strict', { stdin: ndjson });
    expect(error?.message).toBe('stdin:1: unknown member "meta"');
    const skipped = await kvInMemory()('import --strict --on-error skip', { stdin: ndjson });
    expect([skipped.outcome, skipped.stderr]).toEqual([
      4,
      expect.stringMatching(/wrote 1, rejected 2/),
    ]);
    const csv = await kvInMemory()('import --strict --format csv', {
      stdin: 'key,value,x\na,1,2\n',
    });
    expect(csv.error?.message).toBe('stdin:1: the header has an unknown column "x"');
    expect(csv.error?.secondLine).toBe('nothing was stored');
  });
});
