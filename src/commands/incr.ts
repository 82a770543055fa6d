import { answerChange, jsonInteger } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import { exitCodes, KvError } from '../errors.js';
import { parseU64 } from '../line/option-values.js';

export const command = defineCommand({
  name: 'incr',
  summary: 'Add to a counter and print the new value',
  details: `A counter is a value that is the decimal text of a whole number from 0 to 2^64-1, without leading
zeroes. A missing key counts as 0. However many processes add, none is lost.`,
  access: 'write',
  sharesTransaction: true,
  arguments: [
    { name: 'key', summary: 'the key', completes: 'key' },
    { name: 'delta', summary: 'what to add, from 0 up; 1 if left out', optional: true },
  ],
  options: {},
  examples: [
    { line: 'kv incr visits', summary: 'adds 1' },
    { line: 'kv incr bytes 4096', summary: 'adds 4096' },
  ],
  exits: {
    [exitCodes.badData]:
      'the value is not a counter, or the sum is over 2^64-1; nothing was changed',
  },

  async run(context, { key, delta: text = '1' }) {
    const delta = parseDelta(text, 'decr takes from a counter');
    const value = context.keyvalue.atomic.increment(context.bucketToWrite(), key, delta);
    await answerChange(context, { key, value: jsonInteger(value) }, String(value));
  },
});

/** The amount. Throws `usage`; `opposite` names the command for a negative number. */
export function parseDelta(text: string, opposite: string): bigint {
  if (/^-[0-9]+$/.test(text)) {
    throw new KvError('usage', `DELTA "${text}" is negative: ${opposite}`);
  }
  try {
    return parseU64(text);
  } catch (cause) {
    throw new KvError('usage', `DELTA ${(cause as KvError).message}`, { cause });
  }
}
