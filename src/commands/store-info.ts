import { answerFields } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import { humanSize } from '../terminal/quantities.js';

export const command = defineCommand({
  name: 'store info',
  summary: 'Show what the store holds and how large it is',
  access: 'inspect',
  arguments: [],
  options: {},
  examples: [{ line: 'kv store info', summary: 'one field a line' }],

  async run(context) {
    const info = context.keyvalue.buckets.info();
    await answerFields(context, [
      ['path', info.path],
      ['format', info.format],
      ['buckets', info.buckets],
      ['keys', info.keys],
      ['chunked values', info.chunkedValues],
      ['uploads', info.uploads],
      ['file size', info.fileSize, humanSize(info.fileSize)],
      ['free size', info.freeSize, humanSize(info.freeSize)],
      ['page size', info.pageSize],
      ['readers', info.readers],
      ['last transaction', info.lastTransaction],
    ]);
  },
});
