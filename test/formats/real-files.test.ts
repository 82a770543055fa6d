/** Files that other programs write, and programs that read ours. Without a program its tests are skipped. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { format as csv } from '../../src/formats/csv/csv.js';
import { format as tsv } from '../../src/formats/csv/tsv.js';
import type { Format } from '../../src/formats/format.js';
import { format as json } from '../../src/formats/json/json.js';
import { format as mdb } from '../../src/formats/mdb/mdb.js';
import { format as ndjson } from '../../src/formats/ndjson/ndjson.js';
import { oddKeys } from '../support/odd-text.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { decode } from './decode.js';
import { encode, pairsOf, type TestRecord } from './encode.js';

const folder = mkdtempSync(join(tmpdir(), 'kv-formats-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Values of all kinds under keys that LMDB as it is built by default takes. */
const bytes: TestRecord[] = [
  ...oddKeys.filter((key) => Buffer.byteLength(key) <= 511),
  'k'.repeat(511),
].map((key, index) => ({ key, value: patternedBytes(index * 37, index) }));

const text: TestRecord[] = oddKeys.map((key) => ({
  key,
  value: Buffer.from(`${key},"\r\n'\\${key}`),
}));

describe.skipIf(!isThere('mdb_load', '-V'))('with mdb_load and mdb_dump', () => {
  test('what we write loads, and what is dumped then is the same', () => {
    const stock = join(folder, 'stock.mdb');
    run('mdb_load', ['-n', stock], encode(mdb, bytes));
    expect(asMap(mdb, run('mdb_dump', ['-n', stock]))).toEqual(new Map(pairsOf(bytes)));
  });

  test('a dump with -p is the same too, where no backslash makes it ambiguous', () => {
    const stock = join(folder, 'print.mdb');
    const plain = bytes
      .filter(({ key }) => !key.includes('\\'))
      .map(({ key, value }) => ({ key, value: value.map((byte) => (byte === 0x5c ? 0 : byte)) }))
      .map(({ key, value }) => ({ key, value: Buffer.from(value) }));
    run('mdb_load', ['-n', stock], encode(mdb, plain));
    const dump = run('mdb_dump', ['-n', '-p', stock]);
    expect(dump.toString()).toContain('format=print');
    expect(asMap(mdb, dump)).toEqual(new Map(pairsOf(plain)));
  });

  test('a dump of several databases has the records of all', () => {
    const stock = join(folder, 'several.mdb');
    run(
      'mdb_load',
      ['-n', '-s', 'one', stock],
      encode(mdb, [{ key: 'a', value: Buffer.from('1') }]),
    );
    run(
      'mdb_load',
      ['-n', '-s', 'two', stock],
      encode(mdb, [{ key: 'b', value: Buffer.from('2') }]),
    );
    const { records, error } = decode(mdb, run('mdb_dump', ['-n', '-a', stock]));
    expect([records.map(({ key, value }) => `${key}=${value}`), error]).toEqual([
      ['a=1', 'b=2'],
      undefined,
    ]);
  });

  test('a dump of keys with several values is refused', () => {
    const stock = join(folder, 'several-values.mdb');
    const header = 'VERSION=3\nformat=print\ntype=btree\ndupsort=1\nHEADER=END\n';
    run('mdb_load', ['-n', stock], Buffer.from(`${header} a\n 1\n a\n 2\nDATA=END\n`));
    const { records, error } = decode(mdb, run('mdb_dump', ['-n', stock]));
    expect(records).toEqual([]);
    expect(error?.reason).toMatch(/^a dump with the header "dup.*=1" cannot be read$/);
  });

  test('megabytes load, more than its map takes without our header', () => {
    const large = Array.from({ length: 3 }, (_, index) => ({
      key: `large ${index}`,
      value: patternedBytes(1_000_000, index),
    }));
    const stock = join(folder, 'large.mdb');
    run('mdb_load', ['-n', stock], encode(mdb, large, { pieceBytes: 300_000 }));
    expect(asMap(mdb, run('mdb_dump', ['-n', stock]))).toEqual(new Map(pairsOf(large)));
  });
});

describe.skipIf(!isThere('sqlite3', '-version'))('with sqlite3', () => {
  /** Has sqlite3 write what it reads from a file of ours, in its own way. */
  function throughSqlite(format: Format, mode: string): Buffer {
    const file = join(folder, `ours.${mode}`);
    writeFileSync(file, encode(format, text));
    const script = `.mode ${mode}\n.import ${file} records\n.headers on\nSELECT key, value FROM records;\n`;
    return run('sqlite3', [':memory:'], Buffer.from(script));
  }

  // sqlite3 ends text at a NUL.
  const expected = pairsOf(text.filter(({ key }) => !key.includes('\0')));

  test('the csv that we write, and that it writes then, is the same', () => {
    const written = throughSqlite(csv, 'csv');
    const records = asMap(csv, written);
    for (const [key, value] of expected) expect(records.get(key), key).toEqual(value);
  });

  test('the csv that it writes by itself is read', () => {
    const query = `SELECT 'say "hi"' AS key, 'a,b' || char(10) || 'c' AS value, 1 AS other UNION SELECT 'b', '', NULL`;
    const written = run('sqlite3', ['-csv', '-header', ':memory:', query]);
    expect(asMap(csv, written)).toEqual(
      new Map([
        ['b', ''],
        ['say "hi"', 'a,b\nc'],
      ]),
    );
  });

  test('the tab-separated text that it writes is read, quotes and all', () => {
    const query = `SELECT 'it''s' AS key, 'say "hi", or not' AS value`;
    const written = run('sqlite3', ['-tabs', '-header', ':memory:', query]);
    expect(asMap(tsv, written)).toEqual(new Map([["it's", 'say "hi", or not']]));
  });

  test('the array and the lines of JSON that it writes are read', () => {
    const rows = `WITH records(key, value) AS (VALUES ('é"', '{"a":[1]}'), ('b', char(9, 10, 127)))`;
    const written = run('sqlite3', ['-json', ':memory:', `${rows} SELECT * FROM records`]);
    const expectedRows = new Map([
      ['é"', '{"a":[1]}'],
      ['b', '\t\n\x7f'],
    ]);
    expect(asMap(json, written)).toEqual(expectedRows);
    const lines = `${rows} SELECT json_object('key', key, 'value', value) FROM records`;
    expect(asMap(ndjson, run('sqlite3', [':memory:', lines]))).toEqual(expectedRows);
  });
});

describe.skipIf(!isThere('python3', '--version'))('with Python', () => {
  const script = `
import csv, json, sys
records = json.load(sys.stdin)
with open(sys.argv[1], 'w', newline='', encoding='utf-8') as file:
    for record in records: file.write(json.dumps(record, ensure_ascii='ascii' in sys.argv) + '\\n')
with open(sys.argv[2], 'w', newline='', encoding='utf-8') as file:
    writer = csv.DictWriter(file, ['key', 'value'], quoting=csv.QUOTE_ALL if 'all' in sys.argv else csv.QUOTE_MINIMAL)
    writer.writeheader()
    writer.writerows(records)
`;

  test.each([['ascii'], ['unicode', 'all']])(
    'what its json and csv write is read: %s',
    (...options) => {
      const [lines, table] = [join(folder, 'python.ndjson'), join(folder, 'python.csv')];
      const given = text.map(({ key, value }) => ({ key, value: value.toString() }));
      const input = Buffer.from(JSON.stringify(given));
      run('python3', ['-c', script, lines, table, ...options], input);
      expect(asMap(ndjson, readFileSync(lines))).toEqual(new Map(pairsOf(text)));
      expect(asMap(csv, readFileSync(table))).toEqual(new Map(pairsOf(text)));
    },
  );

  test('its csv reads what we write', () => {
    const file = join(folder, 'ours.csv');
    writeFileSync(file, encode(csv, text));
    const reader = `
import csv, json, sys
with open(sys.argv[1], newline='', encoding='utf-8') as file: json.dump(list(csv.DictReader(file)), sys.stdout)
`;
    const rows = JSON.parse(run('python3', ['-c', reader, file]).toString());
    expect(rows).toEqual(
      text.map(({ key, value }) => ({ key, value: `${value}`, base64: '', expires: '' })),
    );
  });
});

function isThere(program: string, versionOption: string): boolean {
  const { error } = spawnSync(program, [versionOption]);
  return error === undefined;
}

function run(program: string, parameters: readonly string[], input?: Uint8Array): Buffer {
  return execFileSync(program, parameters, { ...(input && { input }), maxBuffer: 2 ** 30 });
}

/** The records by their keys, of input that is all right. */
function asMap(format: Format, input: Buffer): Map<string, string> {
  const { records, rejections, error } = decode(format, input, { cuts: [1000, 5000] });
  expect([rejections, error]).toEqual([[], undefined]);
  return new Map(pairsOf(records));
}
