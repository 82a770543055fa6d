import { describe, expect, test } from 'vitest';
import { WHOLE_RECORD_LIMIT_BYTES as limit } from '../../src/formats/format.js';
import { program } from '../support/child-program.js';
import { isFull } from '../support/length.js';

const MIB = 2 ** 20;
/** Of a long line; the full form of the first tests takes four times as much. */
const LINE_BYTES = 256 * MIB;
const FIRST_BYTES = isFull ? 4 * LINE_BYTES : LINE_BYTES;
/** Of the whole process, of which Node.js itself takes some 50. */
const PEAK_BYTES = 200 * MIB;

/** What a line begins with, goes on with, and ends with. */
type Line = [format: string, begin: string, repeated: string, end: string];

const decodeLongLine = program(import.meta.url, 'decode-long-line');

async function decodeLine(line: Line, bytes: number): Promise<unknown[]> {
  const child = decodeLongLine([...line, String(bytes)]);
  const outcome = (await child.message()) as { said: unknown[]; peakBytes: number };
  expect(outcome.peakBytes).toBeLessThan(PEAK_BYTES);
  return outcome.said;
}

describe('less than 200 MiB of memory is taken', () => {
  const misplaced = `over ${limit} bytes, without a "key" and then a "value"`;

  test.each<[string, Line, said: unknown[]]>([
    [
      'a value',
      ['ndjson', '{"key":"a","value":"', 'text', '"}\n'],
      ['begin', 1, 'end', FIRST_BYTES],
    ],
    ['no record', ['ndjson', '', 'text', '\n'], ['reject', 1, misplaced, limit]],
  ])(`by a line of ${FIRST_BYTES / MIB} MiB of ndjson that is %s`, async (_, line, said) => {
    expect(await decodeLine(line, FIRST_BYTES)).toEqual(said);
  });

  test.each<[string, Line, said: unknown[]]>([
    [
      'a value of ndjson in base64',
      ['ndjson', '{"key":"a","base64":true,"value":"', 'AAAA', '"}\n'],
      ['begin', 1, 'end', 192 * MIB],
    ],
    [
      'what follows a value of ndjson',
      ['ndjson', `{"key":"a","value":"${'x'.repeat(100)}","other":"`, 'text', '"}\n'],
      ['begin', 1, 'abandon', 1, `over ${limit} bytes after "value"`],
    ],
    [
      'a value of json',
      ['json', '[{"key":"a","value":"', 'text', '"}]'],
      ['begin', 1, 'end', 256 * MIB],
    ],
    [
      'a field of csv',
      ['csv', 'key,value\na,"', 'text', '"\n'],
      ['reject', 2, `over ${limit} bytes`, limit],
    ],
    [
      'a value of a dump',
      ['mdb', 'VERSION=3\nHEADER=END\n 61\n ', '7a7a', '\nDATA=END\n'],
      ['begin', 3, 'end', 128 * MIB],
    ],
    [
      'a key of a dump',
      ['mdb', 'VERSION=3\nHEADER=END\n ', '7a7a', '\n 31\nDATA=END\n'],
      ['reject', 3, `a key over ${limit} bytes`, limit],
    ],
  ])('by 256 MiB that are %s', async (_, line, said) => {
    expect(await decodeLine(line, LINE_BYTES)).toEqual(said);
  });
});
