import { report } from '../answers/answer.js';
import { longWork } from '../batches/long-work.js';
import { type Argument, defineCommand, type Input, type Options, type Tools } from '../command.js';
import type { Context } from '../context.js';
import { absentKey, exitCodes, KvError } from '../errors.js';
import { counted } from '../terminal/quantities.js';

/** What copy and rename share. */
export const transfer = {
  access: 'change',
  sharesTransaction: ({ prefix, toStore }: { prefix: boolean; toStore: string | undefined }) =>
    !prefix && toStore === undefined,
  arguments: [
    { name: 'source', summary: 'an existing key', completes: 'key' },
    { name: 'target', summary: 'the new key; overwritten where it exists' },
  ] as const satisfies readonly Argument[],
  options: {
    toBucket: { value: 'B', summary: 'into bucket B', completes: 'bucket' },
    toStore: {
      value: 'PATH',
      summary: 'into the store at PATH, made if need be',
      completes: 'file',
    },
    ifAbsent: { summary: 'only where there is no target yet' },
    prefix: { summary: 'every key that begins with SOURCE, to one that begins with TARGET' },
    after: {
      value: 'KEY',
      summary: 'with --prefix and --to-store: go on behind KEY',
      completes: 'key',
    },
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
  details: `A value in chunks is shared, not copied, so a copy of any size takes no time and no room. To another store it
is streamed; of many keys those that have been copied stay when it ends early, and it says behind which to go on.`,
  examples: [
    { line: 'kv copy config config.old', summary: 'within the bucket' },
    { line: 'kv copy config config --to-bucket attic', summary: 'into another' },
    { line: 'kv copy app/ app/ --prefix --to-store /mnt/kv', summary: 'into another store' },
    { line: 'kv copy app/ app.old/ --prefix', summary: 'all keys of app/, in one transaction' },
  ],

  async run(context, input, tools) {
    await transferRecords(context, input, tools, 'copy', 'copied');
  },
});

/** Copies or moves the record of the source, or of each key with that prefix, and reports it. */
export async function transferRecords(
  context: Context,
  input: TransferInput,
  tools: Tools,
  way: 'copy' | 'move',
  done: string,
): Promise<void> {
  const { toStore, after, prefix } = input;
  if (after !== undefined && !(prefix && toStore !== undefined)) {
    throw new KvError('usage', '--after goes with --prefix and --to-store');
  }
  if (toStore === undefined) return transferWithin(context, input, way, done);
  // Before a store is made in vain.
  if (
    !prefix &&
    context.keyvalue.records.stat(context.bucketToRead(), input.source) === undefined
  ) {
    throw absentKey(`${way === 'copy' ? 'copy' : 'rename'} "${input.source}"`);
  }
  return tools.withOtherStore(
    toStore,
    async (there) =>
      there === context
        ? transferWithin(context, input, way, done)
        : transferTo(there, context, input, way, done),
    'write',
  );
}

/** To another store. */
async function transferTo(
  there: Context,
  context: Context,
  { source, target, toBucket, ifAbsent, prefix, after }: TransferInput,
  way: 'copy' | 'move',
  done: string,
): Promise<void> {
  const { TransferToStore } = await import('../batches/store-transfer.js');
  const condition = ifAbsent ? ({ kind: 'absent' } as const) : undefined;
  const from = way === 'copy' ? context.bucketToRead() : context.bucketToWrite();
  const into = there.bucketToWrite(toBucket);
  const asked = { way, from, source, into, target, condition, isPrefix: prefix, after };
  const transferred = new TransferToStore(context, there, asked);
  const keys = await longWork(context, undefined, (work) => transferred.run(work));
  const json = prefix ? { source, target, keys } : { source, target };
  const what = prefix ? counted(keys, 'key') : `"${source}" to "${target}"`;
  await report(context, json, `${done} ${what}`);
}

async function transferWithin(
  context: Context,
  { source, target, toBucket, ifAbsent, prefix }: TransferInput,
  way: 'copy' | 'move',
  done: string,
): Promise<void> {
  const condition = ifAbsent ? ({ kind: 'absent' } as const) : undefined;
  const from = context.bucketToWrite();
  const into = context.bucketToWrite(toBucket);
  const { records } = context.keyvalue;
  if (!prefix) {
    records[`${way}Record`](from, source, into, target, condition);
    await report(context, { source, target }, `${done} "${source}" to "${target}"`);
    return;
  }
  const asked = { bucket: from, prefix: source, target: into, targetPrefix: target, condition };
  const keys = await longWork(
    context,
    undefined,
    (options) => records[`${way}Prefix`](asked, options),
    { unlessDone: 'nothing was changed' },
  );
  const remark = `${done} ${counted(keys, 'key')}`;
  await report(context, { source, target, keys }, remark, keys > 0);
}
