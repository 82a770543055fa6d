import { report } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import { exitCodes } from '../errors.js';

export const command = defineCommand({
  name: 'bucket create',
  summary: 'Create a bucket',
  access: 'write',
  arguments: [{ name: 'name', summary: 'its name, 1 to 256 bytes without control characters' }],
  options: {},
  examples: [{ line: 'kv bucket create sessions', summary: 'then: kv -b sessions set KEY VALUE' }],
  exits: { [exitCodes.conditionFailed]: 'there is a bucket of that name' },

  async run(context, { name }) {
    context.keyvalue.buckets.create(name);
    await report(context, { created: name }, `created bucket "${name}"`);
  },
});
