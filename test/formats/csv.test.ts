import { describe, expect, test } from 'vitest';
import { format } from '../../src/formats/csv/csv.js';
import { decode, outcome } from './decode.js';
import { encode } from './encode.js';

describe('csv', () => {
  test('has a record a line, in the columns that its header names', () => {
    expect(outcome(format, 'key,value\na,1\nb,2\n')).toEqual(['2 a=1', '3 b=2']);
    expect(outcome(format, 'value,x,key\n1,,a\n2,?,b')).toEqual(['2 a=1', '3 b=2']);
    expect(outcome(format, '"value","key"\r\n1,a\r\n')).toEqual(['2 a=1']);
  });

  test('may come behind a byte order mark, and with lines that end with CR LF', () => {
    expect(outcome(format, '\ufeffkey,value\r\na,1\r\nb,"2"\r\nc,')).toEqual([
      '2 a=1',
      '3 b=2',
      '4 c=',
    ]);
  });

  test('has commas, quotes and newlines within quotes', () => {
    const input = 'key,value\n"a,b","say ""hi"""\nc,"two\nlines\r\nor three"\n"","""",\n""""","\n';
    expect(outcome(format, input)).toEqual([
      '2 a,b=say "hi"',
      '3 c=two\nlines\r\nor three',
      '6: 3 fields where the header has 2',
      '7: 1 field where the header has 2',
    ]);
    expect(outcome(format, 'key,value\n"","\n"\nd,4\n')).toEqual(['2 =\n', '4 d=4']);
  });

  test('keeps spaces, tabs, lone returns, and whatever else is in a field', () => {
    expect(outcome(format, 'key,value\n a ,\t1\r\r\n\0,é\r😀\n')).toEqual([
      '2  a =\t1\r',
      '3 \0=é\r😀',
    ]);
  });

  test('passes over empty lines, and counts them', () => {
    expect(outcome(format, '\n\r\nkey,value\n\na,1\n\r\n\nb,2\n\n')).toEqual(['5 a=1', '8 b=2']);
  });

  test('has a value in base64 where its third column says true', () => {
    const rows = ['a,aGk=,true', 'b,aGk=,false', 'c,aGk=,', 'd,"aGk=","true"', 'e,,true'];
    expect(outcome(format, `key,value,base64\n${rows.join('\n')}`)).toEqual([
      '2 a=hi',
      '3 b=aGk=',
      '4 c=aGk=',
      '5 d=hi',
      '6 e=',
    ]);
    expect(outcome(format, 'base64,value,key\ntrue,aGk=,a\n')).toEqual(['2 a=hi']);
  });

  test.each([
    ['a', '1 field where the header has 2'],
    ['a,b,c', '3 fields where the header has 2'],
    ['a,b,', '3 fields where the header has 2'],
    ['a,b"c', 'a quote in the wrong place'],
    ['a, "b"', 'a quote in the wrong place'],
    ['"a"b,c', 'a quote in the wrong place'],
    ['"a" ,c', 'a quote in the wrong place'],
    ['"a"\rb,c', 'a quote in the wrong place'],
    ['a,b\x80', 'not valid UTF-8'],
    ['a,"b\xff"', 'not valid UTF-8'],
  ])('rejects a record such as %j, and goes on with the next line', (row, reason) => {
    const input = Buffer.from(`key,value\ngood,1\n${row}\ngood,2\n`, 'latin1');
    const { records, rejections, through } = decode(format, input);
    expect(records.map(({ line }) => line)).toEqual([2, 4]);
    expect(rejections).toEqual([{ line: 3, reason, raw: Buffer.from(row, 'latin1') }]);
    expect(through).toBe(4);
  });

  test('rejects what is not base64 although it says so', () => {
    expect(outcome(format, 'key,value,base64\na,aGk,true\nb,c,yes\nd,e,TRUE\n')).toEqual([
      '2: "value" is not base64',
      '3: "base64" is not true, false or empty',
      '4: "base64" is not true, false or empty',
    ]);
  });

  test('that ends within quotes is rejected from the line on which that record began', () => {
    const { records, rejections, through, error } = decode(
      format,
      'key,value\na,"1\n2"\nb,"open\nc,3\n',
    );
    expect(records.map(({ line }) => line)).toEqual([2]);
    const raw = Buffer.from('b,"open\nc,3\n');
    expect(rejections).toEqual([{ line: 4, reason: 'the input ends within quotes', raw }]);
    expect([through, error]).toEqual([5, undefined]);
  });

  test.each([
    ['', '1! there is no header, "key,value"'],
    ['\n\n', '1! there is no header, "key,value"'],
    ['"key', '1! there is no header, "key,value"'],
    ['user:1,abc\n', '1! the header has no "key" column'],
    ['key;value\n', '1! the header has no "key" column'],
    ['key,val', '1! the header has no "value" column'],
    ['key,value,key\n', '1! the header has "key" twice'],
    ['value,key,value\n', '1! the header has "value" twice'],
    ['key,base64,value,base64\n', '1! the header has "base64" twice'],
    ['key,"value\n', '1! there is no header, "key,value"'],
    ['key,va"lue\na,1', '1! in the header: a quote in the wrong place'],
    ['key\x80,value\n', '1! in the header: not valid UTF-8'],
  ])('fails for a header such as %j', (input, error) => {
    expect(outcome(format, Buffer.from(input, 'latin1'))).toEqual([error]);
  });

  test('says which lines it is through with, not those of an open record', () => {
    const through: number[] = [];
    const sink = { record() {}, through: (line: number) => through.push(line) };
    const decoder = format.decoder(sink as never);
    for (const piece of ['key,value\na,1\n', 'b,"\n', '\n', '"\n', 'c,1']) {
      decoder.push(Buffer.from(piece));
    }
    decoder.end();
    expect(through).toEqual([2, 5, 6]);
  });

  test('rejects a record over the limit, and does not hold it', () => {
    const input = `key,value\na,1\nb,${'x'.repeat(100)}\nc,"${'\n'.repeat(100)}"\nd,2\n`;
    const { records, rejections } = decode(format, input, { limitBytes: 20 });
    expect(records.map(({ line, key }) => [line, key])).toEqual([
      [2, 'a'],
      [105, 'd'],
    ]);
    expect(rejections).toEqual([
      { line: 3, reason: 'over 20 bytes', raw: Buffer.from(`b,${'x'.repeat(18)}`) },
      { line: 4, reason: 'over 20 bytes', raw: Buffer.from(`c,"${'\n'.repeat(17)}`) },
    ]);
    expect(outcome(format, input, { limitBytes: 5 })).toEqual(['1! the header is over 5 bytes']);
    const open = decode(format, `key,value\na,"${'x\n'.repeat(20)}`, { limitBytes: 20 });
    expect(open.rejections.map(({ reason }) => reason)).toEqual(['over 20 bytes']);
    expect(open.through).toBe(21);
  });
});

describe('the encoder of csv', () => {
  const encoded = (...records: [key: string, value: string | Buffer][]) =>
    encode(
      format,
      records.map(([key, value]) => ({ key, value: Buffer.from(value) })),
    ).toString();

  test('writes four columns, quotes only where they are needed', () => {
    const text = encoded(
      ['a', '1'],
      ['b,c', 'say "hi"'],
      ['d', 'two\nlines'],
      ['e', '\r'],
      ['f', ''],
    );
    const rows = ['a,1,,', '"b,c","say ""hi""",,', 'd,"two\nlines",,', 'e,"\r",,', 'f,,,'];
    expect(text).toBe(`key,value,base64,expires\n${rows.join('\n')}\n`);
  });

  test('writes what is not text in base64', () => {
    expect(encoded(['é', Buffer.from([0xff, 0xfe])])).toBe(
      'key,value,base64,expires\né,//4=,true,\n',
    );
  });

  test('writes a header where there are no records', () => {
    expect(encoded()).toBe('key,value,base64,expires\n');
  });

  test('refuses what its decoder would reject as too large, and can go on', () => {
    const encoder = format.encoder!(30);
    encoder.add('before', Buffer.from('1'));
    const refusal = 'the record of "big" takes over 30 bytes, which only ndjson and mdb can hold';
    for (const value of ['x'.repeat(27), '"'.repeat(14), 'x'.repeat(1000)]) {
      expect(() => encoder.add('big', Buffer.from(value))).toThrow(refusal);
    }
    const pieces = { key: 'big', size: 31, pieces: () => [Buffer.alloc(31)] };
    expect(() => [...encoder.stream(pieces)]).toThrow(refusal);
    encoder.add('after', Buffer.from('x'.repeat(22)));
    const text = encoder.end().toString();
    expect(text).toBe(`key,value,base64,expires\nbefore,1,,\nafter,${'x'.repeat(22)},,\n`);
    expect(decode(format, text, { limitBytes: 30 }).records).toHaveLength(2);
  });
});
