import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { format as csv } from '../../src/formats/csv.js';
import type { Format } from '../../src/formats/format.js';
import { format as json } from '../../src/formats/json.js';
import { format as mdb } from '../../src/formats/mdb.js';
import { format as ndjson } from '../../src/formats/ndjson.js';
import { format as tsv } from '../../src/formats/tsv.js';
import { longestKey, oddKeys } from '../support/odd-text.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { decode } from './decode.js';
import { encode, type TestRecord } from './encode.js';

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
  fc.nat(3000).map((length) => patternedBytes(length)),
  fc.nat(1000).map((length) => Buffer.alloc(length, 'text')),
);

const records: fc.Arbitrary<TestRecord[]> = fc.array(fc.record({ key, value }), { maxLength: 12 });
const cuts = fc.array(fc.nat(8000), { maxLength: 12 });

/** A limit that large values are over, which csv cannot hold. */
const small = fc.constantFrom(100, 500, 2000);

describe.each<[string, Format, limits: fc.Arbitrary<number | undefined>]>([
  ['ndjson', ndjson, fc.option(small, { nil: undefined })],
  ['mdb', mdb, fc.option(small, { nil: undefined })],
  ['csv', csv, fc.constant(undefined)],
  ['tsv', tsv, fc.constant(undefined)],
])('records as %s', (name, format, limits) => {
  test('come back the same, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(
        records,
        cuts,
        limits,
        fc.integer({ min: 1, max: 5000 }),
        (given, at, limit, size) => {
          const written = encode(format, given, { pieceBytes: size });
          const options = { cuts: at, ...(limit !== undefined && { limitBytes: limit }) };
          const decoded = decode(format, written, options);
          // A key has to be within the limit together with all that comes before the value.
          const held = given.filter((record) => limit === undefined || fits(record, limit));
          expect(decoded.records.map((one) => [one.key, one.value])).toEqual(
            held.map((record) => [record.key, record.value]),
          );
          expect(decoded.rejections).toHaveLength(given.length - held.length);
          expect(decoded.error).toBeUndefined();
          expect(decoded.through).toBe(written.toString('latin1').split('\n').length - 1);
        },
      ),
    );
  });

  /** Whether a record over the limit has its key within it. */
  function fits(record: TestRecord, limitBytes: number): boolean {
    const line = encode(format, [record]).toString('latin1');
    const begin = name === 'mdb' ? line.indexOf('HEADER=END\n') + 11 : 0;
    const end = line.lastIndexOf('\n', name === 'mdb' ? line.lastIndexOf('DATA=END') : undefined);
    if (end - begin - (name === 'mdb' ? 0 : 0) <= limitBytes) return true;
    const valueAt = name === 'mdb' ? line.indexOf('\n', begin) + 1 : line.indexOf('"value":"') + 9;
    return valueAt - begin <= limitBytes;
  }

  test('come back the same from bytes that come one by one', () => {
    const given = oddKeys.map((odd) => ({ key: odd, value: Buffer.from(`${odd}\xff`, 'latin1') }));
    const written = encode(format, given);
    const one = decode(format, written, { cuts: Array.from(written, (_, index) => index) });
    expect(one.records.map((record) => [record.key, record.value])).toEqual(
      given.map((record) => [record.key, record.value]),
    );
  });
});

test('records of ndjson are the same as elements of a json array', () => {
  fc.assert(
    fc.property(records, cuts, fc.option(small, { nil: undefined }), (given, at, limit) => {
      const lines = encode(ndjson, given).toString();
      const array = `[${lines.trimEnd().replaceAll('\n', ',\n')}]`;
      const options = { cuts: at, ...(limit !== undefined && { limitBytes: limit }) };
      const { through: _, ...fromLines } = decode(ndjson, lines, options);
      const { through: __, ...fromArray } = decode(json, array, options);
      expect(fromArray).toEqual(fromLines);
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
