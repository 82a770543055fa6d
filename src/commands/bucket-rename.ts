import { report } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import { exitCodes } from '../errors.js';

export const command = defineCommand({
  name: 'bucket rename',
  aliases: ['bucket mv'],
  summary: 'Rename a bucket',
  details: 'One transaction, which takes no time for any size.',
  access: 'change',
  arguments: [
    { name: 'name', summary: 'the bucket', completes: 'bucket' },
    { name: 'to', summary: 'its new name' },
  ],
  options: {},
  examples: [{ line: 'kv bucket rename staging live', summary: 'readers see one or the other' }],
  exits: { [exitCodes.conditionFailed]: 'there is a bucket of the new name' },

  async run(context, { name, to }) {
    context.keyvalue.buckets.rename(name, to);
    await report(context, { renamed: name, to }, `renamed bucket "${name}" to "${to}"`);
  },
});
