/** Importing what other programs write: options, and compressed files. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { kvInMemory } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const { zstdCompressSync } = zlib as { zstdCompressSync?: (bytes: Buffer) => Buffer };
const table = Buffer.from('ID;name\n1;Ada\n2;Bob\n');
const options = ['--key', 'id', '--value', 'name', '--delimiter', ';'];

describe('import', () => {
  it('reads what gzip has compressed, from a pipe or a file that is called so', async () => {
    const kv = kvInMemory();
    // In two members, as log files are put together.
    const packed = Buffer.concat([
      zlib.gzipSync(table.subarray(0, 10)),
      zlib.gzipSync(table.subarray(10)),
    ]);
    const file = join(temporaryFolder(), 'table.csv.gz');
    writeFileSync(file, packed);
    const { outcome, stderr } = await kv(['import', file, ...options]);
    expect([outcome, (await kv('get 2')).text]).toEqual([0, 'Bob']);
    expect(stderr).toMatch(/: 20 B in /);
    const piped = await kv(['import', '--format', 'csv', '-n', ...options], { stdin: packed });
    expect(piped.stderr).toMatch(/^read 2 records, would write 2/);
  });

  it.each([
    ['cut off', zlib.gzipSync(table).subarray(0, -9)],
    ['damaged', Buffer.concat([zlib.gzipSync(table).subarray(0, -8), Buffer.alloc(8)])],
  ])('says of compressed input that it is %s', async (state, stdin) => {
    const kv = kvInMemory();
    const { outcome, error } = await kv(['import', '--format', 'csv', ...options], { stdin });
    expect([outcome, error?.message]).toEqual([
      4,
      `stdin:1: what is compressed with gzip is ${state}`,
    ]);
  });

  it('reads zstd where Node can, and else names the program that does', async () => {
    const kv = kvInMemory();
    const stdin = zstdCompressSync?.(table) ?? Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0);
    const { error } = await kv(['import', '--format', 'csv', ...options], { stdin });
    if (zstdCompressSync) expect((await kv('get 1')).text).toBe('Ada');
    else expect(error?.secondLine).toContain('zstdcat');
  });

  it.each([
    [['--format', 'mdb', '--key', 'a'], '--key is not for --format mdb'],
    [['--format', 'ndjson', '--delimiter', ';'], '--delimiter is not for --format ndjson'],
    [['--format', 'csv', '--escapes'], '--escapes is not for --format csv'],
    [['--row', '--value', 'a'], 'either --row or --value'],
    [['--row', '--base64'], 'either --row or --base64'],
  ])('refuses what makes no sense: %s', async (words, message) => {
    const { outcome, error } = await kvInMemory()(['import', ...words], { stdin: '' });
    expect([outcome, error?.message]).toEqual([2, message]);
  });

  it.each(['', ';;', '"', 'ü', '\n'])('refuses the delimiter %j', async (delimiter) => {
    const words = ['import', '--format', 'csv', '--delimiter', delimiter];
    expect((await kvInMemory()(words, { stdin: '' })).outcome).toBe(2);
  });

  it('says how to read objects that are no records', async () => {
    const kv = kvInMemory();
    const hintOf = async (record: object, options = '') => {
      const { error } = await kv(`import${options}`, { stdin: `${JSON.stringify(record)}\n` });
      return error?.hint;
    };
    expect(await hintOf({ id: 'a', value: 'b' })).toContain('--key MEMBER');
    expect(await hintOf({ key: 'a', v: 'b' })).toContain('--value MEMBER');
    expect(await hintOf({ key: 'a', value: {} })).toContain('--row stores it as its JSON text');
    const named = ' --key id --value v';
    expect(await hintOf({ key: 'a', v: 'b' }, named)).toContain('--key MEMBER');
    expect(await hintOf({ id: 'a', value: 'b' }, named)).toContain('--value MEMBER');
    expect(await hintOf({ id: 'a', v: {} }, named)).toContain('--row stores the whole object');
  });
});
