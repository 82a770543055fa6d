import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { format as csv } from '../../src/formats/csv/csv.js';
import { format as tsv } from '../../src/formats/csv/tsv.js';
import type { Format } from '../../src/formats/format.js';
import { format as json } from '../../src/formats/json/json.js';
import { format as mdb } from '../../src/formats/mdb/mdb.js';
import { format as ndjson } from '../../src/formats/ndjson/ndjson.js';
import { longestKey, oddKeys } from '../support/odd-text.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { decode } from './decode.js';
import { encode, pairsOf, type TestRecord } from './encode.js';

const key = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 2, arbitrary: fc.constantFrom(...oddKeys, longestKey, '\r', ',', '"', '\\', '\ufeff') },
  fc.string({ unit: fc.constantFrom('"', '\\', ',', '\t', '\n', '\r', '\0', 'é', '😀', '\ud7ff') }),
);

const value = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  fc
    .string({ unit: fc.constantFrom('"', '\\', ',', '\t', '\n', '\r', '\0', 'é', '😀') })
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.nat(6000).map((length) => patternedBytes(length)),
  fc.nat(6000).map((length) => Buffer.alloc(length, 'text')),
);

const records: fc.Arbitrary<TestRecord[]> = fc.array(fc.record({ key, value }), { maxLength: 12 });
const pieceBytes = fc.integer({ min: 1, max: 5000 });
const cuts = fc.array(fc.nat(8000), { maxLength: 12 });

/** A limit that the longest key is within, and some values are over; csv and tsv cannot have that. */
const lowLimit = fc.constantFrom({}, { limitBytes: 4200 });
const noLimit = fc.constant({});

describe.each<[string, Format, limits: fc.Arbitrary<{ limitBytes?: number }>]>([
  ['ndjson', ndjson, lowLimit],
  ['mdb', mdb, lowLimit],
  ['csv', csv, noLimit],
  ['tsv', tsv, noLimit],
])('records as %s', (_, format, limits) => {
  test('come back the same, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(records, cuts, limits, pieceBytes, (given, at, limit, size) => {
        const written = encode(format, given, { pieceBytes: size });
        const decoded = decode(format, written, { ...limit, cuts: at });
        expect(pairsOf(decoded.records)).toEqual(pairsOf(given));
        expect([decoded.rejections, decoded.error]).toEqual([[], undefined]);
        expect(decoded.through).toBe(written.filter((byte) => byte === 10).length);
      }),
    );
  });

  test('come back the same from bytes that come one by one', () => {
    const given = oddKeys.map((odd) => ({ key: odd, value: Buffer.from(`${odd}\xff`, 'latin1') }));
    const written = encode(format, given);
    const one = decode(format, written, { cuts: Array.from(written, (_, index) => index) });
    expect(pairsOf(one.records)).toEqual(pairsOf(given));
  });
});

test('records of ndjson are the same as elements of a json array', () => {
  fc.assert(
    fc.property(records, cuts, lowLimit, (given, at, limit) => {
      const lines = encode(ndjson, given).toString();
      const array = `[${lines.trimEnd().replaceAll('\n', ',\n')}]`;
      const options = { ...limit, cuts: at };
      const fromLines = decode(ndjson, lines, options);
      const fromArray = decode(json, array, options);
      expect(pairsOf(fromArray.records)).toEqual(pairsOf(fromLines.records));
      expect(pairsOf(fromArray.records)).toEqual(pairsOf(given));
      expect(fromArray.error).toBeUndefined();
    }),
  );
});

test('a line of ndjson is what JSON.stringify makes of the record', () => {
  fc.assert(
    fc.property(fc.record({ key, value: fc.string({ unit: 'binary' }) }), (record) => {
      const line = encode(ndjson, [{ ...record, value: Buffer.from(record.value) }]).toString();
      expect(line).toBe(`${JSON.stringify(record)}\n`);
    }),
  );
});
