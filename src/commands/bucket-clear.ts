import { report } from '../answers/answer.js';
import { confirmBucket, confirmOption } from '../answers/confirm-bucket.js';
import { longWork } from '../batches/long-work.js';
import { defineCommand } from '../command.js';

export const command = defineCommand({
  name: 'bucket clear',
  summary: 'Delete all keys of a bucket, and keep the bucket',
  details: 'One that holds keys asks for its name first. One transaction: all of it, or nothing.',
  access: 'change',
  arguments: [{ name: 'name', summary: 'the bucket', completes: 'bucket' }],
  options: { confirm: confirmOption },
  examples: [{ line: 'kv bucket clear cache --confirm=cache', summary: 'without a question' }],

  async run(context, { name, confirm }) {
    await confirmBucket(context, 'clear', name, confirm);
    const { buckets } = context.keyvalue;
    await longWork(
      context,
      buckets.describe(name).keys,
      (options) => buckets.clear(name, options),
      { unlessDone: 'nothing was deleted' },
    );
    await report(context, { cleared: name }, `cleared bucket "${name}"`);
  },
});
