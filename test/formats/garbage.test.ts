import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { format as csv } from '../../src/formats/csv/csv.js';
import { format as tsv } from '../../src/formats/csv/tsv.js';
import type { Format } from '../../src/formats/format.js';
import { format as json } from '../../src/formats/json/json.js';
import { format as mdb } from '../../src/formats/mdb/mdb.js';
import { format as ndjson } from '../../src/formats/ndjson/ndjson.js';
import { decode } from './decode.js';
import { pieces } from './pieces.js';

describe.each<[string, Format, prefix: string]>([
  ['ndjson', ndjson, ''],
  ['json', json, '['],
  ['csv', csv, 'key,value\n'],
  ['tsv', tsv, 'key\tvalue\n'],
  ['mdb', mdb, 'VERSION=3\nformat=bytevalue\nHEADER=END\n'],
])('of any bytes, %s', (name, format, prefix) => {
  const garbage = fc
    .tuple(
      fc.constantFrom('', prefix),
      fc.array(
        fc.oneof(
          {
            weight: 3,
            arbitrary: fc.constantFrom(...pieces[name]!).map((text) => Buffer.from(text)),
          },
          fc.constantFrom('\n', ' ', '\r\n', 'x', '\ufeff').map((text) => Buffer.from(text)),
          fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
        ),
        { maxLength: 30 },
      ),
    )
    .map(([begin, pieces]) => Buffer.concat([Buffer.from(begin), ...pieces]));
  const limits = fc.constantFrom(undefined, 3, 20, 60);

  test('makes records, rejections or a FormatError, the same wherever it is cut', () => {
    fc.assert(
      fc.property(garbage, fc.array(fc.nat(200)), limits, (input, cuts, limit) => {
        const options = limit === undefined ? {} : { limitBytes: limit };
        const whole = decode(format, input, options);
        expect(decode(format, input, { ...options, cuts })).toEqual({ ...whole });
        if (whole.error !== undefined) return;
        const { records, rejections } = whole;
        const all =
          format.counts === 'line' ? lineCount(input) : records.length + rejections.length;
        expect(whole.through).toBe(all);
      }),
      { numRuns: 1000 },
    );
  });

  test('which are not of its making, never makes more', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        decode(format, bytes);
      }),
      { numRuns: 300 },
    );
  });

  if (name !== 'ndjson') return;

  test('has each line accounted for: a record, a rejection, or blank', () => {
    fc.assert(
      fc.property(garbage, limits, (input, limit) => {
        const { records, rejections, error } = decode(
          format,
          input,
          limit === undefined ? {} : { limitBytes: limit },
        );
        // What is no text at all, such as UTF-16.
        if (error) return;
        const told = [...records, ...rejections].map(({ line }) => line).sort((a, b) => a - b);
        expect(told).toEqual(filledLines(input));
      }),
    );
  });
});

function lineCount(input: Buffer): number {
  const newlines = input.filter((byte) => byte === 10).length;
  return newlines + (input.length > 0 && input.at(-1) !== 10 ? 1 : 0);
}

/** The lines that are more than white space, behind a byte order mark. */
function filledLines(input: Buffer): number[] {
  const text = input.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  return text.split('\n').flatMap((line, index) => (/[^ \t\r]/.test(line) ? [index + 1] : []));
}
