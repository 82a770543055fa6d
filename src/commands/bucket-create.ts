import { report } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import { asKvError, exitCodes } from '../errors.js';

export const command = defineCommand({
  name: 'bucket create',
  summary: 'Create a bucket',
  access: 'write',
  arguments: [{ name: 'name', summary: 'its name, 1 to 256 bytes without control characters' }],
  options: { ifAbsent: { summary: 'succeed where there is one of that name already' } },
  examples: [{ line: 'kv bucket create sessions', summary: 'then: kv -b sessions set KEY VALUE' }],
  exits: { [exitCodes.conditionFailed]: 'there is a bucket of that name' },

  async run(context, { name, ifAbsent }) {
    const { buckets } = context.keyvalue;
    try {
      buckets.create(name);
    } catch (thrown) {
      if (!ifAbsent || asKvError(thrown).code !== 'bucket-exists') throw thrown;
      await report(context, { exists: name }, `bucket "${name}" is there already`, false);
      return;
    }
    await report(context, { created: name }, `created bucket "${name}"`);
  },
});
