/** Rows and records as other programs write them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { format as csv } from '../../src/formats/csv/csv.js';
import { format as tsv } from '../../src/formats/csv/tsv.js';
import type { ReadOptions } from '../../src/formats/format.js';
import { format as json } from '../../src/formats/json/json.js';
import { format as ndjson } from '../../src/formats/ndjson/ndjson.js';
import { decode, outcome } from './decode.js';

const SEMICOLON = ';'.charCodeAt(0);

test.each<[ReadOptions, string, string[]]>([
  [{ key: 'id', value: 'name' }, 'name,id\nAda,1\n"B, c",2\n', ['2 1=Ada', '3 2=B, c']],
  [{ key: 'ID' }, ' id ,VALUE\n1,a\n', ['2 1=a']],
  [{ separator: SEMICOLON }, 'key;value\na,b;"c;d"\n', ['2 a,b=c;d']],
  [{ base64: true }, 'key,value\na,aGk=\nb,?\n', ['2 a=hi', '3: "value" is not base64']],
  [
    { key: 'id', row: true },
    'id, n,ttl\n7,"a ""b""",9\n',
    ['2 7={"id":"7","n":"a \\"b\\"","ttl":"9"}'],
  ],
  [{}, 'sep=;\r\nkey;value\r\na;b\r\n', ['3 a=b']],
  [{}, '"sep=\t"\nkey\tvalue\na\tb\n', ['3 a=b']],
  [{ separator: SEMICOLON }, 'sep=,\nkey;value\na;b\n', ['3 a=b']],
  [{}, 'key,value\nsep=;,b\n', ['2 sep=;=b']],
])('csv is read as is said: %j', (readOptions, input, expected) => {
  for (let cut = 0; cut < input.length; cut++) {
    expect(outcome(csv, input, { readOptions, cuts: [cut] })).toEqual(expected);
  }
});

test.each<[ReadOptions, string, string, string]>([
  [{}, 'id,name\n', 'the header has no "key" column', '--key COLUMN names another: "id", "name"'],
  [{}, 'key;value\n', 'the header has no "key" column', '--delimiter ";" takes it apart'],
  [{ key: 'a' }, 'a\tb\n', 'the header has no "a" column', '--delimiter tab takes it apart'],
  [
    { key: 'a', value: 'c' },
    'a,b\n',
    'the header has no "c" column',
    '--value COLUMN names another: "a", "b"',
  ],
])('a header that does not do says what would: %j', (readOptions, input, reason, hint) => {
  const { error, more } = decode(csv, input, { readOptions });
  expect([error?.reason, more?.hint]).toEqual([reason, hint]);
});

test.each<[ReadOptions, string]>([
  [{}, 'key,value,Key,KEY\n'],
  [{ key: 'id' }, 'Id,iD,value\n'],
  [{ key: 'id', row: true }, 'id,a,a\n'],
])('a column is not there twice: %j %s', (readOptions, input) => {
  const reason = decode(csv, input, { readOptions }).error?.reason;
  if (input.startsWith('key')) expect(reason).toBeUndefined();
  else expect(reason).toMatch(/^the header has "(?:id|a)" twice$/);
});

const escaped = [
  'key\tvalue\tttl',
  'a\ttab\\tnewline\\nback\\\\slash\t\\N',
  'b\t"quotes" \\x\t',
  'c\ta newline\\\nthat stays\t',
  'd\t\\N\t',
  '\\N\tx\t',
  'e\\\t\tf\t',
  '\\.',
  '',
].join('\n');

test('tsv with escapes is read as databases write it, wherever it is cut', () => {
  const expected = [
    '2 a=tab\tnewline\nback\\slash',
    '3 b="quotes" x',
    '4 c=a newline\nthat stays',
    '6: its value is NULL',
    '7: its key is NULL',
    '8 e\t=f',
  ];
  for (let cut = 0; cut < escaped.length; cut++) {
    const readOptions = { escapes: true };
    expect(outcome(tsv, escaped, { readOptions, cuts: [cut] })).toEqual(expected);
  }
  const asRow = { escapes: true, row: true, key: 'key' };
  expect(outcome(tsv, 'key\tb\nx\t\\N\n', { readOptions: asRow })).toEqual([
    '2 x={"key":"x","b":null}',
  ]);
});

test('tsv without a header is read by the names of its columns, wherever it is cut', () => {
  const input = '1\tann\\tx\t-\n2\t\\N\t-\n3\tbo\n4\tback\\\\\tb\n\\.\n';
  const readOptions = { escapes: true, columns: ['id', 'name', '_'], key: 'ID', value: 'name' };
  for (let cut = 0; cut < input.length; cut++) {
    expect(outcome(tsv, input, { readOptions, cuts: [cut] })).toEqual([
      '1 1=ann\tx',
      '2: its value is NULL',
      '3: 2 fields where --columns has 3',
      '4 4=back\\',
    ]);
  }
  expect(outcome(tsv, '', { readOptions })).toEqual([]);
  expect(outcome(csv, '1,2\n"3",4', { readOptions: { columns: ['value', 'key'] } })).toEqual([
    '1 2=1',
    '2 4=3',
  ]);
});

test('any text comes through escapes', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\t', '\n', '\\', '"', '\r', 'N', 'ü') });
  const escape = (value: string) =>
    value.replace(/[\\\t\n]/g, (one) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n' })[one]!);
  fc.assert(
    fc.property(text, text, fc.nat(60), (key, value, cut) => {
      const input = `key\tvalue\n${escape(`k${key}`)}\t${escape(`${value}v`)}\n`;
      const { records } = decode(tsv, input, { readOptions: { escapes: true }, cuts: [cut] });
      expect(records.map((record) => [record.key, record.value.toString()])).toEqual([
        [`k${key}`, `${value}v`],
      ]);
    }),
  );
});

test.each<[ReadOptions, string, string]>([
  [{ key: 'id', value: 'n' }, '{"id":"a","n":"b","x":1}', '1 a=b'],
  [{ key: 'id', value: 'n' }, '{"id":12345678901234567890,"n":"b"}', '1 12345678901234567890=b'],
  [{ key: 'id', row: true }, '{"id":"a", "n":[1, 2]}', '1 a={"id":"a", "n":[1, 2]}'],
  [{ row: true }, '{"key":"a","value":{"n": 1.0}}', '1 a={"n": 1.0}'],
  [{ row: true }, '{"key":"a","value":"text"}', '1 a=text'],
  [{ row: true }, '{"key":"a","value":null}', '1 a=null'],
  [{ base64: true }, '{"key":"a","value":"aGk="}', '1 a=hi'],
  [{ key: 'id' }, '{"id":"a","value":"aGk=","base64":true}', '1 a=hi'],
  [{ key: 'id' }, '{"id":true,"value":"x"}', '1: "id" is neither a text nor a number'],
  [{ key: 'id' }, '{"key":"a","value":"x"}', '1: no "id"'],
  [{ value: 'n' }, '{"key":"a","n":1}', '1: "n" is not a string'],
  [{ key: 'id' }, '{"id":"a","id":"b","value":"x"}', '1: "id" is there twice'],
  [{ key: 'id' }, '[]', '1: not an object'],
  [{ key: 'id' }, '{', '1: not JSON'],
])('json is read as is said: %j %s', (readOptions, input, expected) => {
  const line = `${input}\n`;
  expect(outcome(ndjson, line, { readOptions })).toEqual([expected]);
  if (input !== '{') {
    const array = outcome(json, `[ ${input} ]`, { readOptions });
    expect(array.map((one) => one.replace(/^\S+ /, ''))).toEqual([expected.replace(/^\S+ /, '')]);
  }
});

test('members that are not looked at are told, and flags only where they are set', () => {
  const readOptions = { base64: true };
  const { unknown } = decode(
    ndjson,
    '{"key":"a","value":"","flags":0}\n{"key":"b","value":"","flags":7,"session":"s"}\n',
    { readOptions },
  );
  expect(unknown).toEqual(['2 flags,session']);
});

test('a record over the limit is rejected, not stored as another', () => {
  const long = `{"id":"a","value":"${'x'.repeat(300)}"}\n{"id":"b","value":"y"}\n`;
  const options = { readOptions: { key: 'id' }, limitBytes: 100 };
  expect(outcome(ndjson, long, options)).toEqual(['1: over 100 bytes', '2 b=y']);
});
