import { answerFields, isoTime } from '../answers/answer.js';
import { longWork } from '../batches/long-work.js';
import { defineCommand } from '../command.js';
import { humanSize, relativeTime } from '../terminal/quantities.js';

export const command = defineCommand({
  name: 'bucket info',
  summary: 'Show what a bucket holds',
  details: 'Goes through the bucket once, to add up its values.',
  access: 'read',
  arguments: [
    {
      name: 'name',
      summary: 'the bucket; the current one if left out',
      optional: true,
      completes: 'bucket',
    },
  ],
  options: {},
  examples: [{ line: 'kv bucket info', summary: 'of the current bucket' }],

  async run(context, { name = context.settings.bucket }) {
    const { buckets, types } = context.keyvalue;
    const bucket = types.Bucket.openBucket(name);
    const { keys, bytes, created } = buckets.describe(name);
    const { valueBytes, chunkedValues } = await longWork(context, keys, (options) =>
      buckets.measure(bucket, options),
    );
    await answerFields(context, [
      ['bucket', name],
      ['keys', keys],
      ['value bytes', valueBytes, humanSize(valueBytes)],
      ['chunked values', chunkedValues],
      ['index bytes', bytes, humanSize(bytes)],
      ['created', isoTime(created), `${isoTime(created)} (${relativeTime(created, Date.now())})`],
    ]);
  },
});
