import { report } from '../answers/answer.js';
import { confirmBucket, confirmOption } from '../answers/confirm-bucket.js';
import { longWork } from '../batches/long-work.js';
import { defineCommand } from '../command.js';

export const command = defineCommand({
  name: 'bucket delete',
  aliases: ['bucket rm'],
  summary: 'Delete a bucket with all its keys',
  details: 'One that holds keys asks for its name first. One transaction: all of it, or nothing.',
  access: 'change',
  arguments: [{ name: 'name', summary: 'the bucket', completes: 'bucket' }],
  options: { confirm: confirmOption },
  examples: [{ line: 'kv bucket delete old --confirm=old', summary: 'without a question' }],

  async run(context, { name, confirm }) {
    await confirmBucket(context, 'delete', name, confirm);
    const { buckets } = context.keyvalue;
    await longWork(
      context,
      buckets.describe(name).keys,
      (options) => buckets.delete(name, options),
      { unlessDone: 'nothing was deleted' },
    );
    await report(context, { deleted: name }, `deleted bucket "${name}"`);
  },
});
