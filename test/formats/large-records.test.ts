import { describe, expect, test } from 'vitest';
import { WHOLE_RECORD_LIMIT_BYTES } from '../../src/formats/format.js';
import { format as json } from '../../src/formats/json/json.js';
import { format as mdb } from '../../src/formats/mdb/mdb.js';
import { format as ndjson } from '../../src/formats/ndjson/ndjson.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { decode, outcome } from './decode.js';
import { encode } from './encode.js';

const limitBytes = 64;
const long = 'x'.repeat(limitBytes);

describe('a line of ndjson over the limit', () => {
  test('comes in pieces where its key comes before its value', () => {
    const lines = [
      `{"key":"a","value":"${long}"}`,
      `{ "key" : "b", "n": [{"value":"\\"}"}, 1], "value" : "é\\n${long}" } `,
      `{"key":"c","\\u0076alue":"\\ud83d\\ude00\\u00e9\\/${long}","ttl":3}`,
      '{"key":"d","value":"small"}',
    ];
    const { records, rejections } = decode(ndjson, lines.join('\n'), { limitBytes });
    expect(rejections).toEqual([]);
    expect(
      records.map(({ line, key, value, inPieces }) => [line, key, `${value}`, inPieces]),
    ).toEqual([
      [1, 'a', long, true],
      [2, 'b', `é\n${long}`, true],
      [3, 'c', `😀é/${long}`, true],
      [4, 'd', 'small', false],
    ]);
  });

  test('is told by its bytes without its line end', () => {
    const line = (length: number) => `{"key":"a","value":"${'x'.repeat(length - 22)}"}`;
    for (const end of ['', '\n']) {
      for (const cuts of [[], [limitBytes - 1], [limitBytes], [limitBytes + 1]]) {
        const options = { limitBytes, cuts };
        const [whole] = decode(ndjson, line(limitBytes) + end, options).records;
        const [over] = decode(ndjson, line(limitBytes + 1) + end, options).records;
        expect([whole!.inPieces, over!.inPieces]).toEqual([false, true]);
      }
    }
  });

  test('has its base64 decoded piece by piece', () => {
    const value = patternedBytes(200);
    const line = JSON.stringify({ key: 'a', base64: true, value: value.toString('base64') });
    const escaped = line.replaceAll('/', '\\/');
    for (const input of [line, escaped]) {
      for (let cut = 0; cut < input.length; cut++) {
        const { records } = decode(ndjson, input, { limitBytes, cuts: [cut, cut + 1] });
        expect(records[0]?.value.equals(value)).toBe(true);
      }
    }
  });

  test.each([
    [`{"key":"a","value":"${long}`, 'not JSON'],
    [`{"key":"a","value":"${long}"`, 'not JSON'],
    [`{"key":"a","value":"${long}"} x`, 'not JSON'],
    [`{"key":"a","value":"${long}\\x"}`, 'not JSON'],
    [`{"key":"a","value":"${long}\\u00g0"}`, 'not JSON'],
    [`{"key":"a","value":"${long}\t"}`, 'not JSON'],
    [`{"key":"a","value":"${long}","ttl":}`, 'not JSON'],
    [`{"key":"a","value":"${long}"]`, 'not JSON'],
    [`{"key":"a","value":"${long}\\ud800"}`, 'a lone surrogate in "value"'],
    [`{"key":"a","value":"${long}\\ud800x"}`, 'a lone surrogate in "value"'],
    [`{"key":"a","value":"${long}\\ud800\\n"}`, 'a lone surrogate in "value"'],
    [`{"key":"a","value":"${long}\\udc00"}`, 'a lone surrogate in "value"'],
    [`{"key":"a","value":"${long}\xff"}`, 'not valid UTF-8'],
    [`{"key":"a","value":"${long}\xc3"}`, 'not valid UTF-8'],
    [`{"key":"a","value":"${long}","t":"\xff"}`, 'not valid UTF-8'],
    [`{"key":"a","base64":true,"value":"${long}x"}`, '"value" is not base64'],
    [`{"key":"a","base64":true,"value":"${long}xx=="}`, '"value" is not base64'],
    [`{"key":"a","base64":true,"value":"xx==${long}"}`, '"value" is not base64'],
    [
      `{"key":"a","value":"${long}","base64":true}`,
      'over 64 bytes, and "base64" comes after "value"',
    ],
    [`{"key":"a","value":"${long}","key":"b"}`, 'over 64 bytes, and "key" comes after "value"'],
    [`{"key":"a","value":"${long}","value":""}`, 'over 64 bytes, and "value" comes after "value"'],
    [`{"key":"a","value":"${long}","t":"${long}"}`, 'over 64 bytes after "value"'],
  ])('is abandoned where what follows is malformed: %s', (line, reason) => {
    const good = '{"key":"good","value":""}\n';
    const input = Buffer.from(`${good}${line}\n${good}`, 'latin1');
    const { records, rejections } = decode(ndjson, input, { limitBytes });
    expect(records.map((record) => record.line)).toEqual([1, 3]);
    expect(rejections).toEqual([{ line: 2, reason, raw: undefined }]);
    const cuts = Array.from(input, (_, index) => index);
    expect(decode(ndjson, input, { limitBytes, cuts }).rejections).toEqual(rejections);
  });

  const misplaced = 'over 64 bytes, without a "key" and then a "value"';
  test.each([
    [`{"value":"${long}","key":"a"}`, misplaced],
    [`{"key":"${long}","value":"a"}`, misplaced],
    [`{"key":"a","ttl":"${long}","value":"a"}`, misplaced],
    [`{"key":"a","value":1${' '.repeat(64)}}`, misplaced],
    [long + long, misplaced],
    [`[${long}]`, misplaced],
    [`{"key" "a","value":"${long}"}`, misplaced],
    [`{"key":a,"value":"${long}"}`, 'not JSON'],
    [`{"key":1,"value":"${long}"}`, '"key" is not a string'],
    [`{"key":"\\udc00","value":"${long}"}`, 'a lone surrogate in "key"'],
    [`{"key":"a","base64":1,"value":"${long}"}`, '"base64" is not true or false'],
    [`{"key":"\xff","value":"${long}"}`, 'not valid UTF-8'],
  ])('is rejected where it begins otherwise: %s', (line, reason) => {
    const input = Buffer.from(`${line}\n{"key":"good","value":""}\n`, 'latin1');
    const { records, rejections, through } = decode(ndjson, input, { limitBytes });
    expect(records.map((record) => record.line)).toEqual([2]);
    const raw = Buffer.from(line.slice(0, limitBytes), 'latin1');
    expect(rejections).toEqual([{ line: 1, reason, raw }]);
    expect(through).toBe(2);
  });

  test('is abandoned where it is the last one and cut off', () => {
    const input = `{"key":"a","value":"${long}"`;
    expect(outcome(ndjson, input, { limitBytes })).toEqual(['1: the last line is cut off']);
    expect(outcome(ndjson, input.slice(0, -1), { limitBytes })).toEqual([
      '1: the last line is cut off',
    ]);
    expect(outcome(ndjson, `${input}}`, { limitBytes })).toEqual([`1 a=${long}`]);
  });

  test('is of any size beyond the limit that decoders have', () => {
    const value = patternedBytes(WHOLE_RECORD_LIMIT_BYTES + 1);
    const text = Buffer.alloc(WHOLE_RECORD_LIMIT_BYTES, '"é\n');
    const written = encode(
      ndjson,
      [
        { key: 'bytes', value },
        { key: 'text', value: text },
      ],
      { pieceBytes: 1_000_003 },
    );
    const { records } = decode(ndjson, written, { cuts: [1_000_000, 20_000_000] });
    expect(records.map(({ key, inPieces }) => [key, inPieces])).toEqual([
      ['bytes', true],
      ['text', true],
    ]);
    expect(records[0]!.value.equals(value)).toBe(true);
    expect(records[1]!.value.equals(text)).toBe(true);
  });
});

describe('an element of a json array over the limit', () => {
  test('comes in pieces where its key comes before its value', () => {
    const input = `[\n{"key": "a",\n "value": "${long}"\n},\n{"key":"b","value":"]"}]`;
    const { records, error } = decode(json, input, { limitBytes });
    expect(records.map(({ line, value, inPieces }) => [line, `${value}`, inPieces])).toEqual([
      [2, long, true],
      [5, ']', false],
    ]);
    expect(error).toBeUndefined();
  });

  test('is rejected, and the array goes on, where it is of another shape', () => {
    const elements = [
      `{"value":"${long}","key":"a"}`,
      `"${long}"`,
      `[${'[1],'.repeat(20)}2]`,
      `{"key":"a","value":"${long}","base64":true}`,
      '{"key":"b","value":""}',
    ];
    const misplaced = 'over 64 bytes, without a "key" and then a "value"';
    expect(outcome(json, `[${elements.join(',\n')}]`, { limitBytes })).toEqual([
      `1: ${misplaced}`,
      `2: ${misplaced}`,
      `3: ${misplaced}`,
      '4: over 64 bytes, and "base64" comes after "value"',
      '5 b=',
    ]);
  });

  test('ends the input where it is not JSON', () => {
    const bad = (element: string) => outcome(json, `[1,\n${element}`, { limitBytes }).at(-1);
    expect(bad(`{"key":"a","value":"${long}"]]`)).toBe('2! not JSON');
    expect(bad(`{"key":"a","value":"${long}\\x"}]`)).toBe('2! not JSON');
    expect(bad(`{"key":"a","value":"${long}`)).toBe('2! the input ends within an element');
    expect(bad(`"${long}`)).toBe('2! the input ends within an element');
  });
});

describe('a record of a dump over the limit', () => {
  const dump = (...lines: string[]) =>
    ['VERSION=3', 'format=print', 'type=btree', 'HEADER=END', ...lines, ''].join('\n');

  test('comes in pieces, in both spellings', () => {
    const { records } = decode(mdb, dump(' a', ` \\00${long}\\ff`, ' b', ' 1', 'DATA=END'), {
      limitBytes,
    });
    expect(
      records.map(({ line, value, inPieces }) => [line, value.toString('latin1'), inPieces]),
    ).toEqual([
      [5, `\0${long}\xff`, true],
      [7, '1', false],
    ]);
    const value = patternedBytes(100);
    const written = encode(mdb, [{ key: 'a', value }], { pieceBytes: 7 });
    for (let cut = 0; cut < written.length; cut++) {
      expect(
        decode(mdb, written, { limitBytes, cuts: [cut] }).records[0]?.value.equals(value),
      ).toBe(true);
    }
  });

  test('is abandoned where its value is malformed, and rejected where its key is', () => {
    const good = [' g', ' 1'];
    const input = dump(' a', ` ${long}\\x`, ...good, ' \\x', ` ${long}`, ...good, 'DATA=END');
    const { records, rejections } = decode(mdb, input, { limitBytes });
    expect(records.map(({ line }) => line)).toEqual([7, 11]);
    expect(rejections.map(({ line, raw }) => [line, raw?.length])).toEqual([
      [5, undefined],
      [9, limitBytes],
    ]);
    const longKey = dump(` ${long}`, ' 1', ...good, 'DATA=END');
    expect(outcome(mdb, longKey, { limitBytes })).toEqual(['5: a key over 64 bytes', '7 g=1']);
    const badUtf8 = dump(' \\ff', ` ${long}`, 'DATA=END');
    expect(outcome(mdb, badUtf8, { limitBytes })).toEqual(['5: the key is not valid UTF-8']);
  });

  test('ends the input where a value is no value, or the input ends within it', () => {
    const noValue = dump(' a', long, 'DATA=END');
    expect(outcome(mdb, noValue, { limitBytes })).toEqual(['5! a key without a value']);
    const cutOff = decode(mdb, dump(' a', ` ${long}`).trimEnd(), { limitBytes });
    expect(cutOff.records).toEqual([]);
    expect(cutOff.rejections).toEqual([
      { line: 5, reason: 'in the value: the input ends within it', raw: undefined },
    ]);
    expect(cutOff.error).toEqual({ line: 6, reason: 'DATA=END is missing' });
    expect(outcome(mdb, long.repeat(2), { limitBytes })).toEqual(['1! a line over 64 bytes']);
  });
});
