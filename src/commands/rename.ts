import { defineCommand } from '../command.js';
import { transfer, transferRecord } from './copy.js';

export const command = defineCommand({
  ...transfer,
  name: 'rename',
  aliases: ['mv'],
  summary: 'Rename a key',
  details:
    'One transaction: at any moment there is the source or the target. Takes no time for any size.',
  examples: [
    { line: 'kv rename draft final', summary: 'within the bucket' },
    { line: 'kv rename job job --to-bucket done', summary: 'into another' },
  ],

  async run(context, input) {
    await transferRecord(context, input, 'moveRecord', 'renamed');
  },
});
