import { report } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import { transferArguments, transferExits, transferOptions } from '../options/transfer-options.js';

export const command = defineCommand({
  name: 'rename',
  aliases: ['mv'],
  summary: 'Rename a key',
  details:
    'One transaction: at any moment there is the source or the target. Takes no time for any size.',
  access: 'change',
  sharesTransaction: true,
  arguments: transferArguments,
  options: transferOptions,
  examples: [
    { line: 'kv rename draft final', summary: 'within the bucket' },
    { line: 'kv rename job job --to-bucket done', summary: 'into another' },
  ],
  exits: transferExits,

  async run(context, { source, target, toBucket, ifAbsent }) {
    const condition = ifAbsent ? ({ kind: 'absent' } as const) : undefined;
    const from = context.bucketToWrite();
    const into = context.bucketToWrite(toBucket);
    context.keyvalue.records.moveRecord(from, source, into, target, condition);
    await report(context, { source, target }, `renamed "${source}" to "${target}"`);
  },
});
