import { report } from '../answers/answer.js';
import { longWork } from '../batches/long-work.js';
import { defineCommand } from '../command.js';
import { exitCodes } from '../errors.js';

export const command = defineCommand({
  name: 'bucket copy',
  aliases: ['bucket cp'],
  summary: 'Copy a bucket with all its keys',
  details: `One transaction: the copy is whole, or not there. Values in chunks are shared, not copied.`,
  access: 'change',
  arguments: [
    { name: 'name', summary: 'the bucket', completes: 'bucket' },
    { name: 'to', summary: "the copy's name" },
  ],
  options: {},
  examples: [{ line: 'kv bucket copy live before-migration', summary: 'a state to go back to' }],
  exits: { [exitCodes.conditionFailed]: 'there is a bucket of that name' },

  async run(context, { name, to }) {
    const { buckets } = context.keyvalue;
    await longWork(
      context,
      buckets.describe(name).keys,
      (options) => buckets.copy(name, to, options),
      { unlessDone: 'nothing was copied' },
    );
    await report(context, { copied: name, to }, `copied bucket "${name}" to "${to}"`);
  },
});
