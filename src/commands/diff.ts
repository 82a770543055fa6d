import { LineWriter } from '../answers/line-writer.js';
import { longWork } from '../batches/long-work.js';
import { defineCommand } from '../command.js';
import type { Bucket, Context, Difference } from '../context.js';
import { exitCodes, KvError } from '../errors.js';
import { humanSize } from '../terminal/quantities.js';
import { visibleJson } from '../terminal/visible.js';

export const command = defineCommand({
  name: 'diff',
  summary: 'Compare two buckets, key by key and byte by byte',
  details: `A line for each difference, in the order of the keys: + for a key that only the other has, - for one that
it lacks, ~ for another value; then the size of the value here, and there. In a pipe they are split by tabs.`,
  access: 'read',
  arguments: [
    { name: 'bucket', summary: 'the bucket that is here', completes: 'bucket' },
    {
      name: 'other',
      summary: 'the other; with --other-store BUCKET if left out',
      optional: true,
      completes: 'bucket',
    },
  ],
  options: {
    otherStore: { value: 'PATH', summary: 'the other is of the store at PATH', completes: 'file' },
  },
  examples: [
    { line: 'kv diff live before-migration', summary: 'two buckets' },
    { line: 'kv diff default --other-store /mnt/kv', summary: 'the same of two stores' },
    { line: 'kv diff a b > /dev/null && echo same', summary: 'by its status alone' },
  ],
  exits: { [exitCodes.done]: 'they are the same', [exitCodes.no]: 'they are not' },

  async run(context, { bucket: name, other, otherStore }, tools) {
    if (other === undefined && otherStore === undefined) {
      throw new KvError('usage', 'missing OTHER, or --other-store PATH');
    }
    const bucket = context.bucketToRead(name);
    const compareWith = (there: Context) =>
      printDifferences(context, bucket, there, there.bucketToRead(other ?? name));
    const isSame =
      otherStore === undefined
        ? await compareWith(context)
        : await tools.withOtherStore(otherStore, compareWith);
    return isSame ? exitCodes.done : exitCodes.no;
  },
});

/** Returns whether there were none. */
async function printDifferences(
  context: Context,
  bucket: Bucket,
  { keyvalue }: Context,
  other: Bucket,
): Promise<boolean> {
  const { listing } = context.keyvalue;
  const here = listing.listRecords(bucket, {});
  const there = keyvalue.listing.listRecords(other, {});
  return longWork(context, undefined, async ({ pause }, own) => {
    const lines = new LineWriter(own);
    let isSame = true;
    for (const found of listing.differences(here, there)) {
      for (const difference of found) {
        isSame = false;
        await lines.write(lineOf(context, lines, difference));
      }
      await pause();
    }
    await lines.end();
    return isSame;
  });
}

const marks = { added: '+', removed: '-', changed: '~' } as const;
const roles = { added: 'done', removed: 'error', changed: 'warning' } as const;

function lineOf({ settings, terminal }: Context, lines: LineWriter, found: Difference): string {
  const { kind, key, ...sizes } = found;
  if (settings.json) return visibleJson({ change: kind, key, ...sizes });
  const numbers = Object.values(sizes);
  const mark = marks[kind];
  if (!terminal.stdout.isTerminal) return [mark, lines.keyText(key), ...numbers].join('\t');
  const { style } = terminal.stdout;
  const detail = style.detail(`(${numbers.map(humanSize).join(' -> ')})`);
  return `${style[roles[kind]](`${mark} ${lines.keyText(key)}`)}  ${detail}`;
}
