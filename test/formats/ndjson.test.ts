import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { format } from '../../src/formats/ndjson/ndjson.js';
import { decode, outcome } from './decode.js';

describe('a line of ndjson', () => {
  test('is a record with its key and its value', () => {
    expect(outcome(format, '{"key":"a","value":"1"}\n{"key":"b","value":"2"}\n')).toEqual([
      '1 a=1',
      '2 b=2',
    ]);
  });

  test('may have spaces, members in any order, and others that are ignored', () => {
    const lines = [
      '{"key": "a", "value": "1"}',
      '  { "value" : "2" , "key" : "b" }\t',
      '{"version":3,"key":"c","metadata":{"key":"no","value":[{}]},"value":"3","value2":null}',
    ];
    expect(outcome(format, lines.join('\n'))).toEqual(['1 a=1', '2 b=2', '3 c=3']);
  });

  test('that has two members of one name is no record', () => {
    const line = '{"key":"a","key":"b","value":"1"}';
    expect(outcome(format, line)).toEqual(['1: "key" is there twice']);
  });

  test('has any text for a key', () => {
    const keys = ['__proto__', 'constructor', 'toString', '', 'a b', '\0', '\n"\\/', '\u2028é😀'];
    const lines = keys.map((key) => `${JSON.stringify({ key, value: key })}\n`).join('');
    expect(decode(format, lines).records.map(({ key, value }) => [key, `${value}`])).toEqual(
      keys.map((key) => [key, key]),
    );
    expect(outcome(format, '{"__proto__":{"key":"a","value":"b"}}')).toEqual(['1: no "key"']);
  });

  test('has its escapes undone', () => {
    const line =
      '{"key":"\\u006b\\/","value":"\\"\\\\\\b\\f\\n\\r\\t\\u00e9\\u20ac\\ud83d\\ude00"}';
    expect(outcome(format, line)).toEqual(['1 k/="\\\b\f\n\r\té€😀']);
  });

  test('may end with CR LF, and the last one with nothing', () => {
    const input = '{"key":"a","value":"1"}\r\n{"key":"b","value":"\\n"}\r\n{"key":"c","value":"3"}';
    expect(outcome(format, input)).toEqual(['1 a=1', '2 b=\n', '3 c=3']);
  });

  test('that is blank is passed over, but counted', () => {
    const { records, rejections, through } = decode(
      format,
      '\n \t\r\n{"key":"a","value":"1"}\n\r\n\n',
    );
    expect(records.map(({ line }) => line)).toEqual([3]);
    expect(rejections).toEqual([]);
    expect(through).toBe(5);
  });

  test('may come behind a byte order mark, wherever that is cut', () => {
    const input = '\ufeff{"key":"a","value":"1"}\n';
    for (const cuts of [[], [1], [2], [3], [1, 2, 3, 4]]) {
      expect(outcome(format, input, { cuts })).toEqual(['1 a=1']);
    }
    const second = outcome(format, '{"key":"a","value":"1"}\n\ufeff{"key":"b","value":"1"}\n');
    expect(second).toEqual(['1 a=1', '2: not JSON']);
    const half = Buffer.from([0xef, 0xbb, 0x0a, 0x0a]);
    expect(outcome(format, half, { cuts: [1, 2, 3] })).toEqual(['1: not valid UTF-8']);
    expect(outcome(format, half.subarray(0, 2), { cuts: [1] })).toEqual(['1: not valid UTF-8']);
  });

  test('has base64 decoded where it says so, before or behind the value', () => {
    const lines = [
      '{"key":"a","base64":true,"value":"aGk="}',
      '{"key":"b","value":"aGk=","base64":true}',
      '{"key":"c","value":"aGk=","base64":false}',
      '{"key":"d","base64":true,"value":""}',
      '{"key":"e", "base64": true, "value": "\\/\\/\\/\\/"}',
    ];
    const { records } = decode(format, lines.join('\n'));
    expect(records.map(({ value }) => value.toString('latin1'))).toEqual([
      'hi',
      'hi',
      'aGk=',
      '',
      '\xff\xff\xff',
    ]);
  });
});

describe('a line of ndjson is rejected, with its reason and as it was,', () => {
  test.each([
    ['hello', 'not JSON'],
    ['{"key":"a","value":"b"} x', 'not JSON'],
    ['{"key":"a","value":"b",}', 'not JSON'],
    ['{"key":"a\tb","value":"b"}', 'not JSON'],
    ['{"key":"a","value":"b\\x"}', 'not JSON'],
    ['{"key":"a","value":"b\\u12g4"}', 'not JSON'],
    ['{"key":"a","value":"b', 'not JSON'],
    ['["key","value"]', 'not an object'],
    ['null', 'not an object'],
    ['"text"', 'not an object'],
    ['1', 'not an object'],
    ['{}', 'no "key"'],
    ['{"Key":"a","value":"b"}', 'no "key"'],
    ['{"key":1,"value":"b"}', '"key" is not a string'],
    ['{"key":"a"}', 'no "value"'],
    ['{"key":"a","value":null}', '"value" is not a string'],
    ['{"key":"a","value":{"b":1}}', '"value" is not a string'],
    ['{"key":"a","value":"b","base64":"true"}', '"base64" is not true or false'],
    ['{"key":"a","value":"b","base64":null}', '"base64" is not true or false'],
    ['{"key":"a","value":"aGk","base64":true}', '"value" is not base64'],
    ['{"key":"a","base64":true,"value":"aGk"}', '"value" is not base64'],
    ['{"key":"a","base64":true,"value":"aG k="}', '"value" is not base64'],
    ['{"key":"a","base64":true,"value":"aGl="}', '"value" is not base64'],
    ['{"key":"a","base64":true,"value":"_-8="}', '"value" is not base64'],
    ['{"key":"\\ud800","value":"b"}', 'a lone surrogate in "key"'],
    ['{"key":"a","value":"\\udc00\\ud800"}', 'a lone surrogate in "value"'],
    ['{"key":"a","value":"\\ud83d"}', 'a lone surrogate in "value"'],
    ['{"key":"a","value":"\\ud83dx"}', 'a lone surrogate in "value"'],
  ])('such as %s', (line, reason) => {
    const good = '{"key":"good","value":""}';
    const { records, rejections, through } = decode(format, `${good}\n${line}\r\n${good}\n`);
    expect(rejections).toEqual([{ line: 2, reason, raw: Buffer.from(`${line}\r`) }]);
    expect(records.map((record) => record.line)).toEqual([1, 3]);
    expect(through).toBe(3);
  });

  test('where it is not valid UTF-8, which spoils no other line', () => {
    const good = Buffer.from('{"key":"é","value":"ü"}\n');
    const input = Buffer.concat([
      good,
      Buffer.from('{"key":"a","value":"\xff"}\n', 'latin1'),
      good,
    ]);
    expect(outcome(format, input)).toEqual(['1 é=ü', '2: not valid UTF-8', '3 é=ü']);
    const surrogate = Buffer.from('{"key":"a","value":"\xed\xa0\x80"}', 'latin1');
    expect(outcome(format, surrogate)).toEqual(['1: not valid UTF-8']);
    const overlong = Buffer.from('{"key":"a","value":"\xc0\xaf\\n"}\n', 'latin1');
    expect(outcome(format, overlong)).toEqual(['1: not valid UTF-8']);
  });

  test('where it is the last one and cut off', () => {
    const input = '{"key":"a","value":"1"}\n{"key":"b","value":"a long';
    const { rejections, through } = decode(format, input);
    const raw = Buffer.from('{"key":"b","value":"a long');
    expect(rejections).toEqual([{ line: 2, reason: 'the last line is cut off', raw }]);
    expect(through).toBe(2);
    expect(outcome(format, '{"key":"b"')).toEqual(['1: the last line is cut off']);
    expect(outcome(format, Buffer.from('{"key":"é').subarray(0, 9))).toEqual([
      '1: the last line is cut off',
    ]);
    expect(outcome(format, 'hello')).toEqual(['1: not JSON']);
  });
});

describe('ndjson as a whole', () => {
  test('may be empty', () => {
    expect(decode(format, '')).toMatchObject({
      records: [],
      rejections: [],
      outcomes: [],
      through: 0,
      error: undefined,
    });
  });

  test('says after each push which lines it is through with', () => {
    const through: number[] = [];
    const sink = { record() {}, reject() {}, through: (line: number) => through.push(line) };
    const decoder = format.decoder(sink as never);
    for (const piece of ['{"key":"a","value":"1"}', '\n\n', '{"key"', ':"b"', ',"value":""}\nx']) {
      decoder.push(Buffer.from(piece));
    }
    decoder.end();
    expect(through).toEqual([2, 3, 4]);
  });

  test('is given up where the sink throws, which is thrown on', () => {
    const stop = new Error('stop');
    const sink = {
      record() {},
      reject() {
        throw stop;
      },
      through() {},
    };
    const decoder = format.decoder(sink as never);
    expect(() => decoder.push(Buffer.from('nonsense\n'))).toThrow(stop);
  });
});

/** JSON that is nearly a record in one way or another. */
const jsonLine = fc.oneof(
  fc
    .record(
      {
        key: fc.oneof(fc.string({ unit: 'binary' }), fc.json()),
        value: fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc.base64String(),
          fc.jsonValue(),
        ),
        base64: fc.oneof(fc.boolean(), fc.constant('x')),
        other: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .chain((object) =>
      fc.constantFrom(0, 1).map((spaces) => {
        const text = JSON.stringify(object, undefined, spaces);
        return text.replaceAll('\n', '');
      }),
    ),
  fc.json(),
);

/** A line with one thing in it exchanged, which mostly is no JSON any more. */
const spoiltLine = fc
  .tuple(jsonLine, fc.nat(), fc.constantFrom('"', '\\', '{', '}', ',', ' ', '\\u12', 'a', '\ud800'))
  .map(([line, place, part]) => {
    const at = place % (line.length + 1);
    return line.slice(0, at) + part + line.slice(at + 1);
  });

describe('for any line, ndjson and JSON.parse', () => {
  test('agree on whether it is a record, and on which', () => {
    fc.assert(
      fc.property(fc.oneof(jsonLine, spoiltLine), (line) => {
        const bytes = Buffer.from(`${line}\n`);
        const { records, rejections } = decode(format, bytes);
        const expected = recordByParse(bytes.toString());
        expect(records.map(({ key, value }) => ({ key, value }))).toEqual(
          expected === undefined ? [] : [expected],
        );
        expect(records.length + rejections.length).toBe(line.trim() === '' ? 0 : 1);
      }),
      { numRuns: 2000 },
    );
  });
});

/** The plain way to read a line; undefined where it is no record. */
function recordByParse(line: string): { key: string; value: Buffer } | undefined {
  let object: { key?: unknown; value?: unknown; base64?: unknown } | null;
  try {
    object = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { key, value, base64 = false } = object ?? {};
  if (typeof key !== 'string' || typeof value !== 'string') return undefined;
  if (!key.isWellFormed() || !value.isWellFormed() || typeof base64 !== 'boolean') return undefined;
  if (!base64) return { key, value: Buffer.from(value) };
  const bytes = Buffer.from(value, 'base64');
  return bytes.toString('base64') === value ? { key, value: bytes } : undefined;
}
