import { expect, test } from 'vitest';
import { format } from '../../src/formats/csv/tsv.js';
import { outcome } from './decode.js';
import { encode } from './encode.js';

test('tsv has tabs between its fields, and commas within them', () => {
  expect(outcome(format, 'key\tvalue\na,b\t1,2\nc\td\te\n')).toEqual([
    '2 a,b=1,2',
    '3: 3 fields where the header has 2',
  ]);
});

test('a field of tsv that begins with a quote is quoted', () => {
  const input = 'value\tkey\tbase64\n"a ""tab"":\t"\t"b\nc"\t\naGk=\td\ttrue\n"e" \tf\t\n';
  expect(outcome(format, input)).toEqual([
    '2 b\nc=a "tab":\t',
    '4 d=hi',
    '5: a quote in the wrong place',
  ]);
});

test('a quote elsewhere in a field of tsv is itself', () => {
  expect(outcome(format, 'key\tvalue\r\na"b\tsay "hi"\r\nc\t d""\n')).toEqual([
    '2 a"b=say "hi"',
    '3 c= d""',
  ]);
});

test('the encoder of tsv quotes tabs, not commas', () => {
  const records = [
    { key: 'a,b', value: Buffer.from('1\t2') },
    { key: 'say "hi"', value: Buffer.from([0xff]) },
  ];
  expect(encode(format, records).toString()).toBe(
    'key\tvalue\tbase64\texpires\na,b\t"1\t2"\t\t\n"say ""hi"""\t/w==\ttrue\t\n',
  );
});
