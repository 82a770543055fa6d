import { defineCommand } from '../command.js';
import { transfer, transferRecords } from './copy.js';

export const command = defineCommand({
  ...transfer,
  name: 'rename',
  aliases: ['mv'],
  summary: 'Rename a key',
  details: `One transaction: at any moment there is the source or the target. Takes no time for any size. To another store it
is streamed, and a key is there before it is deleted here; the same line again goes on with what is left.`,
  examples: [
    { line: 'kv rename draft final', summary: 'within the bucket' },
    { line: 'kv rename job job --to-bucket done', summary: 'into another' },
    { line: 'kv rename tmp/ live/ --prefix', summary: 'all keys of tmp/, in one transaction' },
  ],

  async run(context, input, tools) {
    await transferRecords(context, input, tools, 'move', 'renamed');
  },
});
