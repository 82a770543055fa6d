import { report } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import { transferArguments, transferExits, transferOptions } from '../options/transfer-options.js';

export const command = defineCommand({
  name: 'copy',
  aliases: ['cp'],
  summary: 'Copy a key',
  details:
    'A value in chunks is shared, not copied, so a copy of any size takes no time and no room.',
  access: 'change',
  sharesTransaction: true,
  arguments: transferArguments,
  options: transferOptions,
  examples: [
    { line: 'kv copy config config.old', summary: 'within the bucket' },
    { line: 'kv copy config config --to-bucket attic', summary: 'into another' },
  ],
  exits: transferExits,

  async run(context, { source, target, toBucket, ifAbsent }) {
    const condition = ifAbsent ? ({ kind: 'absent' } as const) : undefined;
    const from = context.bucketToWrite();
    const into = context.bucketToWrite(toBucket);
    context.keyvalue.records.copyRecord(from, source, into, target, condition);
    await report(context, { source, target }, `copied "${source}" to "${target}"`);
  },
});
