import { describe, expect, test } from 'vitest';
import { format } from '../../src/formats/json/json.js';
import { decode, outcome } from './decode.js';

/** As `wrangler kv bulk` reads and writes it. */
const cloudflare = `[
  {
    "key": "user:1",
    "value": "{\\"name\\":\\"Ada\\"}",
    "expiration": 1578435000,
    "expiration_ttl": 300,
    "metadata": { "someMetadataKey": "someMetadataValue", "list": [1, [2, "]"]] },
    "base64": false
  },
  {
    "key": "logo",
    "value": "iVBORw0KGgo=",
    "base64": true
  }
]
`;

describe('a json array', () => {
  test('holds records, each on the line of its first character', () => {
    const input =
      '[{"key":"a","value":"1"},\n\n  {"value":"2",\n"key":"b"}\n,{"key":"c","value":""}]';
    expect(outcome(format, input)).toEqual(['1 a=1', '3 b=2', '5 c=']);
  });

  test('may be what Cloudflare writes', () => {
    const { records, rejections, through, error } = decode(format, cloudflare);
    expect(records.map(({ line, key }) => [line, key])).toEqual([
      [2, 'user:1'],
      [10, 'logo'],
    ]);
    expect(records[0]!.value.toString()).toBe('{"name":"Ada"}');
    expect(records[1]!.value.toString('hex')).toBe('89504e470d0a1a0a');
    expect([rejections, through, error]).toEqual([[], 2, undefined]);
  });

  test('may be cut anywhere', () => {
    const whole = decode(format, cloudflare);
    for (let cut = 0; cut <= cloudflare.length; cut++) {
      expect(decode(format, cloudflare, { cuts: [cut, cut + 1] })).toEqual(whole);
    }
  });

  test.each(['[]', ' \n[ \t\r\n]\n\n', '\ufeff[]'])('may be empty: %j', (input) => {
    expect(outcome(format, input)).toEqual([]);
  });

  test('goes on after an element of another shape', () => {
    const input = `[1, "text", null, true, -1.5e3, [], {}, [{"key":"a","value":"b"}],
      {"key":"a","value":1}, {"key":"a","value":"?","base64":true},
      {"key":"\\ud800","value":""}, {"key":"good","value":"[{\\"]"}]`;
    expect(outcome(format, input)).toEqual([
      ...Array(6).fill('1: not an object'),
      '1: no "key"',
      '1: not an object',
      '2: "value" is not a string',
      '2: "value" is not base64',
      '3: a lone surrogate in "key"',
      '3 good=[{"]',
    ]);
    expect(decode(format, '[ {"key":1} , 23]').rejections.map(({ raw }) => `${raw}`)).toEqual([
      '{"key":1}',
      '23',
    ]);
  });

  test('goes on after an element that is not valid UTF-8', () => {
    const input = Buffer.from('[{"key":"\xff","value":""},\n{"key":"b","value":""}]', 'latin1');
    expect(outcome(format, input)).toEqual(['1: not valid UTF-8', '2 b=']);
  });

  test('says which records it is through with once they are over', () => {
    const through: number[] = [];
    const sink = {
      place() {},
      record() {},
      reject() {},
      through: (at: number) => through.push(at),
    };
    const decoder = format.decoder(sink as never);
    const throughAfter = ['[\n', '{"key":"a",\n', '"value":""},', '{}', '\n]', '\n'].map(
      (piece) => {
        decoder.push(Buffer.from(piece));
        return through.at(-1);
      },
    );
    decoder.end();
    expect(throughAfter).toEqual([undefined, undefined, 1, 2, 2, 2]);
  });

  test('says where each record begins: its line, and its place there in characters', () => {
    const input = '\ufeff[{"key":"é𝄞","value":"1"},{"key":"b",\n"value":"é"} , 3,\n\t{}]';
    const places = ['1:2', '1:27', '2:16', '3:2'];
    expect(decode(format, input).places).toEqual(places);
    for (let cut = 0; cut <= input.length + 6; cut++) {
      expect(decode(format, input, { cuts: [cut] }).places).toEqual(places);
    }
  });

  test('says which members are not known, also of what is large', () => {
    const input = `[{"key":"a","value":"1","meta":3,"":0},{"key":"b","x":1,"value":"${'v'.repeat(99)}","y":2}]`;
    const { unknown, records } = decode(format, input, { limitBytes: 64 });
    expect(unknown).toEqual(['1 meta,', '2 x,y']);
    expect(records).toHaveLength(2);
  });
});

describe('json fails, with a line, where', () => {
  const good = '{"key":"a","value":"1"}';

  test.each([
    ['it is empty', '', '1! the array is not closed'],
    ['it is no array', `\n${good}`, '2! not a JSON array'],
    ['it is ndjson', `${good}\n${good}\n`, '1! not a JSON array'],
    ['the array is not closed', `[${good}\n`, '2! the array is not closed'],
    ['an element is missing', `[${good},\n]`, '2! not JSON'],
    ['two elements are missing', '[\n,\n,]', '2! not JSON'],
    ['a comma is missing', `[${good}\n${good}]`, '2! not JSON'],
    ['something follows', `[${good}]\n[]`, '2! something follows the array'],
    ['brackets do not match', '[\n{"key":["a"}]}]', '2! not JSON'],
    ['an element is not JSON', `[\n${good},\n{"key" "a"}]`, '3! not JSON'],
    ['an element is a word', '[\nhello]', '2! not JSON'],
    ['a string holds a newline', '[\n{"key":"a\n","value":"b"}]', '2! not JSON'],
    ['it ends within an element', '[\n{"key":"a",\n', '2! the input ends within an element'],
  ])('%s', (_, input, error) => {
    expect(outcome(format, input).at(-1)).toBe(error);
    const cuts = Array.from(input, (_, index) => index);
    expect(outcome(format, input, { cuts }).at(-1)).toBe(error);
  });

  test('the JSON is broken, after the records before it', () => {
    expect(outcome(format, `[${good},${good}\n,{]`)).toEqual(['1 a=1', '1 a=1', '2! not JSON']);
  });
});

test('there is no encoder of json', () => {
  expect(format.encoder).toBeUndefined();
});
