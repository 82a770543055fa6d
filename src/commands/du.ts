import { LineWriter } from '../answers/line-writer.js';
import { type SizeRow, sizeRows } from '../answers/size-rows.js';
import { longWork } from '../batches/long-work.js';
import { defineCommand } from '../command.js';
import type { Answering, Context, PrefixSize, SizeClass, StoredRecords } from '../context.js';
import { KvError } from '../errors.js';
import { parseCount } from '../line/option-values.js';
import { humanSize } from '../terminal/quantities.js';
import { visibleJson, visibleLine } from '../terminal/visible.js';

/** Prefixes shown on a terminal: the largest ones. */
const SHOWN_PREFIXES = 1000;

export const command = defineCommand({
  name: 'du',
  summary: 'Show how many keys and bytes there are below each prefix',
  details: `Bytes are those of the values. A key that has no separator behind PREFIX counts for PREFIX alone, which
comes last, as all that it begins. In a pipe: bytes, keys and prefix, split by tabs.`,
  access: 'read',
  arguments: [
    { name: 'prefix', summary: 'only keys that begin with it', optional: true, completes: 'key' },
  ],
  options: {
    depth: {
      value: 'N',
      summary: 'N separators deep; 1 if left out, 0: all in one',
      parse: parseCount,
    },
    sep: { value: 'SEP', summary: 'what separates the parts of a key, / if left out' },
    sizes: { summary: 'how many values there are of each size instead' },
  },
  examples: [
    { line: 'kv du', summary: 'where the bytes are' },
    { line: 'kv du logs/ --depth 2', summary: 'two levels of a part' },
    { line: 'kv du --sep : | sort -n | tail', summary: 'the largest of keys such as user:1:name' },
    { line: 'kv du --sizes', summary: 'small values, or large ones?' },
  ],

  async run(context, { prefix = '', depth, sep, sizes }) {
    if (sizes && (depth !== undefined || sep !== undefined)) {
      throw new KvError('usage', 'either --sizes or --depth and --sep');
    }
    if (sep === '') throw new KvError('usage', 'SEP cannot be empty');
    if (sizes) await printClasses(context, prefix);
    else await printPrefixes(context, prefix, sep ?? '/', depth ?? 1);
  },
});

async function printPrefixes(
  context: Context,
  prefix: string,
  separator: string,
  depth: number,
): Promise<void> {
  const { settings, terminal } = context;
  const sizes = context.keyvalue.sizes.byPrefix({ prefix, separator, depth });
  let held: PrefixSize[] = [];
  let left = 0;
  const take = async (found: readonly PrefixSize[], lines: LineWriter) => {
    for (const size of found) {
      const { prefix, keys, bytes } = size;
      if (settings.json) await lines.write(visibleJson({ prefix, keys, bytes }));
      else if (!terminal.stdout.isTerminal) {
        await lines.write(`${bytes}\t${keys}\t${lines.keyText(prefix)}`);
      } else if (held.push(size) >= 2 * SHOWN_PREFIXES) {
        left += held.length - SHOWN_PREFIXES;
        held = largest(held);
      }
    }
  };
  await throughRecords(context, prefix, async (each, own) => {
    const lines = new LineWriter(own);
    await each((records) => take(sizes.add(records), lines));
    await take(sizes.end(), lines);
    await lines.end();
  });
  if (held.length === 0) return;
  const whole = held.at(-1)!.bytes;
  left += Math.max(held.length - SHOWN_PREFIXES, 0);
  const rows = largest(held).map((size) => prefixRow(size, whole));
  await terminal.stdout.write(sizeRows(rows, terminal.stdout));
  if (left > 0) await terminal.note(`${left} smaller prefixes are not shown`);
}

/** The largest prefixes, in their order; a prefix is never smaller than those inside it. */
function largest(sizes: readonly PrefixSize[]): PrefixSize[] {
  if (sizes.length <= SHOWN_PREFIXES) return [...sizes];
  const order = [...sizes.keys()].sort((a, b) => sizes[b]!.bytes - sizes[a]!.bytes || b - a);
  return order
    .slice(0, SHOWN_PREFIXES)
    .sort((a, b) => a - b)
    .map((index) => sizes[index]!);
}

function prefixRow({ prefix, depth, keys, bytes }: PrefixSize, whole: number): SizeRow {
  if (depth === 0) return { keys, bytes, name: prefix === '' ? 'in all' : visibleLine(prefix) };
  return { keys, bytes, name: visibleLine(prefix), share: whole === 0 ? 0 : bytes / whole };
}

async function printClasses(context: Context, prefix: string): Promise<void> {
  const { settings, terminal } = context;
  const classes = context.keyvalue.sizes.bySize();
  await throughRecords(context, prefix, (each) => each(async (records) => classes.add(records)));
  const found = classes.end();
  const lines = new LineWriter(context);
  if (!settings.json && terminal.stdout.isTerminal) {
    const most = Math.max(...found.map(({ keys }) => keys));
    const rows = found.map((its) => ({ ...its, name: bounds(its), share: its.keys / most }));
    if (rows.length > 0) await terminal.stdout.write(sizeRows(rows, terminal.stdout));
    return;
  }
  for (const { from, below, keys, bytes } of found) {
    if (settings.json) await lines.write(visibleJson({ from, below, keys, bytes }));
    else await lines.write(`${from}\t${below}\t${keys}\t${bytes}`);
  }
  await lines.end();
}

/** What is smaller has a row of its own above. */
function bounds({ from, below }: SizeClass): string {
  return from === 0 ? 'empty' : `under ${humanSize(below)}`;
}

type Take = (records: StoredRecords) => Promise<void>;

/**
 * Does work that takes `each` of the records in groups, while signals are heard and a bar shows the
 * number of records.
 */
async function throughRecords(
  context: Context,
  prefix: string,
  work: (each: (take: Take) => Promise<void>, own: Answering) => Promise<void>,
): Promise<void> {
  const { listing } = context.keyvalue;
  const bucket = context.bucketToRead();
  const total = prefix === '' ? listing.countKeys(bucket, {}) : undefined;
  await longWork(context, total, async ({ pause, progress }, own) => {
    let done = 0;
    const each = async (take: Take) => {
      for (const records of listing.listRecords(bucket, { prefix })) {
        await take(records);
        done += records.count;
        progress?.(done);
        await pause();
      }
    };
    await work(each, own);
  });
}
