import { afterChange, answerYesOrNo } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import { exitCodes } from '../errors.js';
import { parseU64 } from '../line/option-values.js';

export const command = defineCommand({
  name: 'cas',
  summary: 'Compare and swap: set a counter to NEW if it is OLD',
  details: `A key that is not there, and a value that is not exactly the decimal text of OLD, do not match. When
the key expires stays.`,
  access: 'change',
  sharesTransaction: true,
  arguments: [
    { name: 'key', summary: 'the key', completes: 'key' },
    { name: 'old', summary: 'the value it must have, 0 to 2^64-1', value: 'all' },
    { name: 'new', summary: 'the value it gets, 0 to 2^64-1', value: 'all' },
  ],
  options: {},
  examples: [{ line: 'kv cas generation 41 42', summary: 'true, or false where it was not 41' }],
  exits: {
    [exitCodes.done]: 'swapped',
    [exitCodes.conditionFailed]: 'it did not match; nothing was changed',
  },

  async run(context, { key, old, new: desired }) {
    const expected = parseU64(old);
    const next = parseU64(desired);
    const { atomic } = context.keyvalue;
    const swapped = atomic.compareAndSwap(context.bucketToWrite(), key, expected, next);
    const told = () => answerYesOrNo(context, { key, swapped }, swapped);
    await (swapped ? afterChange(context, 'swapped', told) : told());
    return swapped ? exitCodes.done : exitCodes.conditionFailed;
  },
});
