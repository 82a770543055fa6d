import { answerChange, jsonInteger } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import { exitCodes } from '../errors.js';
import { parseDelta } from './incr.js';

export const command = defineCommand({
  name: 'decr',
  summary: 'Take from a counter and print the new value',
  details: `A counter is a value that is the decimal text of a whole number from 0 to 2^64-1, without leading
zeroes. A missing key counts as 0. However many processes take, nothing is taken twice, and none gets
below 0.`,
  access: 'change',
  sharesTransaction: true,
  arguments: [
    { name: 'key', summary: 'the key', completes: 'key' },
    { name: 'delta', summary: 'what to take away, from 0 up; 1 if left out', optional: true },
  ],
  options: {},
  examples: [
    { line: 'kv decr seats', summary: 'takes 1 away' },
    { line: 'kv decr stock 12 || echo sold out', summary: 'takes 12, or nothing' },
  ],
  exits: {
    [exitCodes.badData]:
      'the value is not a counter, or the difference is below 0; nothing was changed',
  },

  async run(context, { key, delta: text = '1' }) {
    const delta = parseDelta(text, 'incr adds to a counter');
    const value = context.keyvalue.records.decrement(context.bucketToWrite(), key, delta);
    await answerChange(context, { key, value: jsonInteger(value) }, String(value));
  },
});
