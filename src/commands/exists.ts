import { answerYesOrNo } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import { exitCodes } from '../errors.js';

export const command = defineCommand({
  name: 'exists',
  summary: 'Tell whether a key is there',
  access: 'read',
  sharesTransaction: true,
  arguments: [{ name: 'key', summary: 'the key', completes: 'key' }],
  options: {},
  examples: [
    { line: 'kv exists lock', summary: 'prints true or false' },
    { line: 'kv -q exists lock && echo locked', summary: 'silent, for a script' },
  ],
  exits: { [exitCodes.done]: 'the key is there', [exitCodes.no]: 'it is not' },

  async run(context, { key }) {
    const exists = context.keyvalue.eventual.exists(context.bucketToRead(), key);
    await answerYesOrNo(context, { key, exists }, exists);
    return exists ? exitCodes.done : exitCodes.no;
  },
});
