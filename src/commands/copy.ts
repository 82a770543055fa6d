import { report } from '../answers/answer.js';
import { type Argument, defineCommand, type Input, type Options } from '../command.js';
import type { Context } from '../context.js';
import { exitCodes } from '../errors.js';

/** What copy and rename declare alike. */
export const transfer = {
  access: 'change',
  sharesTransaction: true,
  arguments: [
    { name: 'source', summary: 'an existing key', completes: 'key' },
    { name: 'target', summary: 'the new key; overwritten where it exists' },
  ] as const satisfies readonly Argument[],
  options: {
    toBucket: { value: 'B', summary: 'into bucket B', completes: 'bucket' },
    ifAbsent: { summary: 'only where there is no target yet' },
  } as const satisfies Options,
  exits: {
    [exitCodes.no]: 'there is no such source',
    [exitCodes.conditionFailed]: 'the target is there already; nothing was changed',
  },
} as const;

type TransferInput = Input<typeof transfer.arguments, typeof transfer.options>;

export const command = defineCommand({
  ...transfer,
  name: 'copy',
  aliases: ['cp'],
  summary: 'Copy a key',
  details:
    'A value in chunks is shared, not copied, so a copy of any size takes no time and no room.',
  examples: [
    { line: 'kv copy config config.old', summary: 'within the bucket' },
    { line: 'kv copy config config --to-bucket attic', summary: 'into another' },
  ],

  async run(context, input) {
    await transferRecord(context, input, 'copyRecord', 'copied');
  },
});

/** Copies or moves the record of the source, and says so. */
export async function transferRecord(
  context: Context,
  { source, target, toBucket, ifAbsent }: TransferInput,
  operation: 'copyRecord' | 'moveRecord',
  done: string,
): Promise<void> {
  const condition = ifAbsent ? ({ kind: 'absent' } as const) : undefined;
  const from = context.bucketToWrite();
  const into = context.bucketToWrite(toBucket);
  context.keyvalue.records[operation](from, source, into, target, condition);
  await report(context, { source, target }, `${done} "${source}" to "${target}"`);
}
