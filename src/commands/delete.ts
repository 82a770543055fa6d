import { report } from '../answers/answer.js';
import { LineWriter } from '../answers/line-writer.js';
import { longWork, signalsWhenDue } from '../batches/long-work.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
import { exitCodes, KvError } from '../errors.js';
import { counted } from '../terminal/quantities.js';
import { conditionOf, conditionOptions } from './set.js';

export const command = defineCommand({
  name: 'delete',
  aliases: ['del', 'rm'],
  summary: 'Delete keys, or all that begin with a prefix',
  details: `A missing key is no error, nor is an empty list of keys after --, as xargs may give it. Everything is
deleted in one transaction: all of it, or nothing.`,
  access: ({ dryRun }) => (dryRun ? 'read' : 'change'),
  sharesTransaction: ({ prefix, dryRun }) => prefix === undefined && !dryRun,
  arguments: [
    { name: 'keys', summary: 'the keys', optional: true, variadic: true, completes: 'key' },
  ],
  options: {
    prefix: { value: 'P', summary: 'every key that begins with P' },
    dryRun: { short: 'n', summary: 'print the keys that would be deleted, and delete nothing' },
    yes: { short: 'y', summary: 'do not ask' },
    ...conditionOptions,
  },
  examples: [
    { line: 'kv delete a b c', summary: 'three keys' },
    { line: 'kv keys -0 tmp/ | xargs -0 kv delete --', summary: 'whatever is in the keys' },
    { line: 'kv delete --prefix session/ --dry-run', summary: 'only print them' },
    { line: 'kv delete --prefix session/ --yes', summary: 'delete them without asking' },
    { line: 'kv delete lock --if-value "$$"', summary: 'only where it is ours' },
  ],
  exits: { [exitCodes.conditionFailed]: 'the condition does not hold; nothing was deleted' },

  async run(context, { keys, prefix, dryRun, yes, ...conditions }) {
    if ((prefix === undefined) === (keys === undefined)) {
      throw new KvError('usage', 'either KEYs or --prefix');
    }
    const condition = conditionOf(conditions);
    if (condition) {
      if (keys?.length !== 1) throw new KvError('usage', 'a condition is on one KEY');
      if (dryRun) throw new KvError('usage', 'either a condition or --dry-run, not both');
      context.keyvalue.records.deleteWhere(context.bucketToWrite(), keys[0]!, condition);
      return report(context, { deleted: 1 }, `deleted ${counted(1, 'key')}`);
    }
    if (dryRun) return preview(context, keys ?? [], prefix);
    const { records } = context.keyvalue;
    const bucket = context.bucketToWrite();
    const found = prefix === undefined || yes ? undefined : await confirm(context, prefix);
    const deleted =
      prefix === undefined
        ? records.deleteRecords(bucket, keys ?? [])
        : await longWork(
            context,
            found,
            (options) => records.deletePrefix(bucket, prefix, options),
            { unlessDone: 'nothing was deleted' },
          );
    await report(context, { deleted }, `deleted ${counted(deleted, 'key')}`, deleted > 0);
  },
});

async function preview(
  context: Context,
  keys: readonly string[],
  prefix: string | undefined,
): Promise<void> {
  const { eventual, listing } = context.keyvalue;
  const bucket = context.bucketToRead();
  const doomed =
    prefix === undefined
      ? keys.filter((key) => eventual.exists(bucket, key))
      : listing.listKeys(bucket, { prefix });
  const lines = new LineWriter(context);
  let found = 0;
  for (const key of doomed) {
    await lines.writeKey(key);
    found++;
  }
  await lines.end();
  await context.terminal.note(`${counted(found, 'key')} would be deleted`);
}

/** Returns the number of keys. */
async function confirm(context: Context, prefix: string): Promise<number> {
  const { keyvalue, terminal } = context;
  const bucket = context.bucketToRead();
  const pause = signalsWhenDue(context);
  let found = 0;
  for (const { positions } of keyvalue.listing.choose(bucket, { prefix })) {
    found += positions.length;
    await pause();
  }
  if (found === 0) return 0;
  const action = `delete ${counted(found, 'key')} beginning with "${prefix}" from bucket "${bucket.name}"`;
  if (!terminal.canAsk) {
    throw new KvError('not-confirmed', `cannot ${action}: nobody can be asked`, {
      hint: 'try: --yes to delete them, --dry-run to see them',
    });
  }
  if (!(await terminal.confirm(`${action}?`))) {
    throw new KvError('not-confirmed', `did not ${action}: the answer was no`);
  }
  return found;
}
