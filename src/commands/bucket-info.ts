import { answerFields, isoTime } from '../answers/answer.js';
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

  async run({ settings, keyvalue, ...context }, { name = settings.bucket }) {
    const bucket = keyvalue.types.Bucket.openBucket(name);
    const { valueBytes, chunkedValues } = keyvalue.buckets.measure(bucket);
    const { keys, bytes, created } = keyvalue.buckets.describe(name);
    await answerFields({ settings, keyvalue, ...context }, [
      ['bucket', name],
      ['keys', keys],
      ['value bytes', valueBytes, humanSize(valueBytes)],
      ['chunked values', chunkedValues],
      ['index bytes', bytes, humanSize(bytes)],
      ['created', isoTime(created), `${isoTime(created)} (${relativeTime(created, Date.now())})`],
    ]);
  },
});
