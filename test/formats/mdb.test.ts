import { describe, expect, test } from 'vitest';
import { format } from '../../src/formats/mdb/mdb.js';
import { decode, outcome } from './decode.js';
import { encode } from './encode.js';

/** A dump of these lines, with the header that mdb_dump writes. */
function dump(spelling: 'bytevalue' | 'print', ...lines: string[]): string {
  const header = ['VERSION=3', `format=${spelling}`, 'type=btree', 'mapsize=1048576'];
  return [...header, 'maxreaders=126', 'db_pagesize=4096', 'HEADER=END', ...lines, ''].join('\n');
}

describe('a dump of lmdb', () => {
  test('has keys and values by turns, in hexadecimal digits', () => {
    const input = dump('bytevalue', ' 61', ' 31', ' c3A9', ' ', 'DATA=END');
    expect(outcome(format, input)).toEqual(['8 a=1', '10 é=']);
    expect(decode(format, input).through).toBe(12);
  });

  test('has them as text with escapes, where its header says print', () => {
    const input = dump('print', ' a b', ' \\00\\ff\\5C\\\\', ' \\c3\\a9', ' é', 'DATA=END');
    const { records } = decode(format, input);
    expect(records.map(({ key, value }) => [key, value.toString('latin1')])).toEqual([
      ['a b', '\0\xff\\\\'],
      ['é', 'Ã©'],
    ]);
  });

  test('may have lines that end with CR LF, and none at its end', () => {
    const bytevalue = dump('bytevalue', ' 61', ' 31', 'DATA=END').trimEnd();
    expect(outcome(format, bytevalue.replaceAll('\n', '\r\n'))).toEqual(['8 a=1']);
    const print = dump('print', ' a', ' ', 'DATA=END');
    expect(outcome(format, print.replaceAll('\n', '\r\n'))).toEqual(['8 a=']);
  });

  test('may hold several databases, whose records all come', () => {
    const one = dump('bytevalue', ' 61', ' 31', 'DATA=END').replace('type', 'database=one\ntype');
    const other = dump('print', ' 61', ' 31', 'DATA=END').replace('type', 'database=other\ntype');
    expect(outcome(format, one + other)).toEqual(['9 a=1', '20 61=31']);
    expect(decode(format, one + other).databases).toEqual(['8 one', '19 other']);
  });

  test('may be in Berkeley DB’s shorter header', () => {
    expect(outcome(format, 'VERSION=3\ntype=btree\nHEADER=END\n 61\n 31\nDATA=END')).toEqual([
      '4 a=1',
    ]);
  });

  test('keeps the NUL at the end of a key of a C program', () => {
    expect(outcome(format, dump('bytevalue', ' 6100', ' 3100', 'DATA=END'))).toEqual(['8 a\0=1\0']);
  });

  test.each([
    ['bytevalue', ' 6', ' 31', 'in the key: not pairs of hexadecimal digits'],
    ['bytevalue', ' 61', ' 3 1', 'in the value: not pairs of hexadecimal digits'],
    ['bytevalue', ' 61', ' 311', 'in the value: not pairs of hexadecimal digits'],
    ['bytevalue', ' 61', ' 31\r31', 'in the value: not pairs of hexadecimal digits'],
    ['bytevalue', ' xx', ' 31', 'in the key: not pairs of hexadecimal digits'],
    ['bytevalue', ' ff', ' 31', 'the key is not valid UTF-8'],
    ['print', ' \\80', ' 31', 'the key is not valid UTF-8'],
    [
      'print',
      ' a',
      ' \\x',
      'in the value: a backslash that is no escape (a dump without -p has none)',
    ],
    [
      'print',
      ' a',
      ' b\\',
      'in the value: a backslash that is no escape (a dump without -p has none)',
    ],
    [
      'print',
      ' a\\6',
      ' b',
      'in the key: a backslash that is no escape (a dump without -p has none)',
    ],
  ] as const)('rejects a record such as %s %j %j, and goes on', (spelling, key, value, reason) => {
    const good = spelling === 'print' ? [' g', ' g'] : [' 67', ' 67'];
    const input = dump(spelling, ...good, key, value, ...good, 'DATA=END');
    const { records, rejections } = decode(format, input);
    expect(records.map(({ line, key }) => `${line} ${key}`)).toEqual(['8 g', '12 g']);
    expect(rejections).toEqual([{ line: 10, reason, raw: Buffer.from(`${key}\n${value}`) }]);
  });

  test.each([
    ['', '1! HEADER=END is missing'],
    ['VERSION=3\nformat=print\n', '3! HEADER=END is missing'],
    ['{"key":"a"}\n', '1! not a dump of mdb_dump: VERSION=3 is missing'],
    ['HEADER=END\n', '1! not a dump of mdb_dump: VERSION=3 is missing'],
    ['VERSION=2\n', '1! a dump with the header "VERSION=2" cannot be read'],
    ['VERSION=3\nformat=hex\n', '2! a dump with the header "format=hex" cannot be read'],
    ['VERSION=3\ntype=hash\n', '2! a dump with the header "type=hash" cannot be read'],
    ['VERSION=3\ndupsort=1\n', '2! a dump with the header "dupsort=1" cannot be read'],
    ['VERSION=3\n 61\n', '2! a dump with the header " 61" cannot be read'],
  ])('fails for a header such as %j', (input, error) => {
    expect(outcome(format, input)).toEqual([error]);
  });

  test.each([
    [[' 61', ' 31'], '10! DATA=END is missing'],
    [[' 61', ' 31', ' 62'], '11! DATA=END is missing'],
    [[' 61', ' 31', ' 62', 'DATA=END'], '10! a key without a value'],
    [[' 61', ' 31', ' 62', '', ' 32', 'DATA=END'], '10! a key without a value'],
    [[' 61', ' 31', '62', ' 32', 'DATA=END'], '10! neither a key nor DATA=END'],
    [[' 61', ' 31', 'DATA=EN'], '10! neither a key nor DATA=END'],
    [[' 61', ' 31', 'DATA=END', 'x'], '11! not a dump of mdb_dump: VERSION=3 is missing'],
    [[' 61', ' 31', 'DATA=END', 'VERSION=3'], '12! HEADER=END is missing'],
  ])('fails where lines are missing, after the records before: %j', (lines, error) => {
    expect(outcome(format, dump('bytevalue', ...lines))).toEqual(['8 a=1', error]);
  });

  test('is cut off wherever its last line is missing', () => {
    const input = dump('bytevalue', ' 61', ' 31', ' 62', ' 32', 'DATA=END');
    for (let length = 0; length < input.length - 1; length++) {
      const { error } = decode(format, input.slice(0, length));
      expect(error, input.slice(0, length)).toBeDefined();
    }
  });
});

describe('the encoder of dumps', () => {
  test('writes what mdb_load reads, with room for as much as there may be', () => {
    const text = encode(format, [{ key: 'aé\0', value: Buffer.from([0, 255]) }]).toString();
    const header = ['VERSION=3', 'format=bytevalue', 'type=btree', `mapsize=${2 ** 40}`];
    expect(text).toBe([...header, 'HEADER=END', ' 61c3a900', ' 00ff', 'DATA=END', ''].join('\n'));
  });

  test('writes a header and an end where there are no records', () => {
    expect(outcome(format, encode(format, []))).toEqual([]);
  });
});
