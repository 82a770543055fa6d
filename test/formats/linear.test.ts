/** What reading costs grows with the input, whatever it is made of. */
import { describe, it } from 'vitest';
import type { Format, ReadOptions, RecordSink } from '../../src/formats/format.js';
import { loadFormat, type StreamFormatName } from '../../src/formats/index.js';
import { expectLinear } from '../support/growth.js';

/** As a pipe gives it, and as a program does that writes a little at a time. */
const PIECE_BYTES = 16 * 1024;
const SMALL_PIECE_BYTES = 16;

const nowhere: RecordSink = {
  record() {},
  expiresOf: () => 1,
  beginValue() {},
  valuePiece() {},
  endValue() {},
  abandonValue() {},
  reject() {},
  through() {},
  place() {},
  database() {},
  unknownColumns() {},
  unknownHeaders() {},
  unknownMembers: () => false,
};

function read(format: Format, text: string, pieceBytes: number, readOptions?: ReadOptions): void {
  const bytes = Buffer.from(text);
  const decoder = format.decoder(nowhere, undefined, readOptions);
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    decoder.push(bytes.subarray(at, at + pieceBytes));
  }
  decoder.end();
}

/** An input of about `size` times a few bytes. */
type Make = (size: number) => string;

const header = 'VERSION=3\nformat=print\nHEADER=END\n';
const names = (size: number, separator: string) =>
  Array.from({ length: size }, (_, index) => `${separator}column ${index}`).join('');

const inputs: readonly (readonly [
  name: StreamFormatName,
  kind: string,
  make: Make,
  readOptions?: ReadOptions,
])[] = [
  ['ndjson', 'many records', (size) => '{"key":"k","value":"v"}\n'.repeat(size)],
  ['ndjson', 'one long value', (size) => `{"key":"k","value":"${'value '.repeat(size)}"}\n`],
  ['ndjson', 'a value of escapes', (size) => `{"value":"${'\\u00e9'.repeat(size)}","key":"k"}\n`],
  [
    'ndjson',
    'many members',
    (size) => `{"key":"k"${names(size, ',"').replaceAll(/"column \d+/g, '$&":1')},"value":"v"}\n`,
  ],
  ['ndjson', 'deep nesting', (size) => `{"key":${'['.repeat(size)}${']'.repeat(size)}}\n`],
  ['ndjson', 'empty lines', (size) => '\n\n\n\n'.repeat(size)],
  ['ndjson', 'blanks on a line', (size) => `${'    '.repeat(size)}\n`],
  ['json', 'many records on a line', (size) => `[${'{"key":"k","value":"é"},'.repeat(size)}3]`],
  ['json', 'one long value over lines', (size) => `[{"key":"k","value":\n"${'é '.repeat(size)}"}]`],
  ['json', 'blanks between records', (size) => `[${' \n'.repeat(size)}]`],
  ['csv', 'many records', (size) => `key,value\n${'k,v\n'.repeat(size)}`],
  ['csv', 'a long quoted field', (size) => `key,value\nk,"${'a ""b""\n'.repeat(size)}"\n`],
  ['csv', 'a quote that is not closed', (size) => `key,value\nk,"${'a b\n'.repeat(size)}`],
  ['csv', 'many columns', (size) => `key,value${names(size, ',')}\nk,v${',x'.repeat(size)}\n`],
  ['csv', 'quotes in the wrong place', (size) => `key,value\n${'k,v"\n'.repeat(size)}`],
  [
    'csv',
    'many columns of a row that is the value',
    (size) => `key,value${names(4 * size, ',')}\nk,v${',x'.repeat(4 * size)}\n`,
    { row: true },
  ],
  [
    'tsv',
    'a value of escapes',
    (size) => `key\tvalue\nk\t${'\\n\\t'.repeat(size)}\n`,
    { escapes: true },
  ],
  ['tsv', 'many records', (size) => `key\tvalue\n${'k\tv\n'.repeat(size)}`],
  ['tsv', 'many columns', (size) => `key\tvalue${names(size, '\t')}\nk\tv${'\tx'.repeat(size)}\n`],
  ['mdb', 'many records', (size) => `${header}${' k\n v\n'.repeat(size)}DATA=END\n`],
  ['mdb', 'a long value', (size) => `${header} k\n ${'\\41bc'.repeat(size)}\nDATA=END\n`],
  [
    'mdb',
    'a long header',
    (size) => `VERSION=3\n${'mapsize=1\n'.repeat(size)}HEADER=END\nDATA=END\n`,
  ],
  [
    'mdb',
    'a long line of a header',
    (size) => `VERSION=3\nx=${'long '.repeat(size)}\nHEADER=END\nDATA=END\n`,
  ],
  ['mdb', 'many databases', (size) => `${header}DATA=END\n`.repeat(Math.ceil(size / 8))],
];

/** Of a few bytes each. */
const SIZE = 500;

/** What is read as a whole, however many pieces it comes in: each could be put to those before it. */
const inOnePiece =
  /^(one long value|a value of escapes|deep nesting|a long|a quote that|blanks on)/;

const cases = inputs.map(
  ([name, kind, make, readOptions = {}]) => [name, kind, make, readOptions] as const,
);

describe.each(cases)('%s of %s', (name, kind, make, readOptions) => {
  it.each(inOnePiece.test(kind) ? [PIECE_BYTES, SMALL_PIECE_BYTES] : [PIECE_BYTES])(
    'is read in time that grows with it, in pieces of %i bytes',
    async (pieceBytes) => {
      const format = await loadFormat(name);
      const texts = new Map<number, string>();
      await expectLinear((size) => {
        const text = texts.get(size) ?? make(size);
        texts.set(size, text);
        read(format, text, pieceBytes, readOptions);
      }, SIZE);
    },
  );
});
