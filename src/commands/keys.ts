import { answer, expiresMember, isoTime } from '../answers/answer.js';
import { keyTree } from '../answers/key-tree.js';
import { KeyWriter } from '../answers/key-writer.js';
import { LineWriter } from '../answers/line-writer.js';
import { printRecords, printTable } from '../answers/record-list.js';
import { signalsWhenDue } from '../batches/long-work.js';
import { defineCommand } from '../command.js';
import type { Chosen, Context, Selection } from '../context.js';
import { KvError } from '../errors.js';
import { parseCount, parseSize } from '../line/option-values.js';
import { parseTimeAgo } from '../line/time.js';
import { humanSize, relativeTime } from '../terminal/quantities.js';
import { visibleJson } from '../terminal/visible.js';

export const command = defineCommand({
  name: 'keys',
  aliases: ['ls'],
  summary: 'List keys in order',
  details: `Keys come in the order of their UTF-8 bytes. In a pipe each takes one line, with \\\\, \\n and other control
characters as escapes; -0 prints them as they are, each ended by a NUL. What is printed is the state
of one moment, whoever writes meanwhile. With -l a key that expires is followed by when.

In the pattern of --glob, * stands for any characters, ? for one, [a-z] for one of these and [^a-z]
for any other; a \\ takes the next as it is. T is a time (2026-11-26T12:00:00Z, 2026-11-26) or how
long ago (90s, 7d).`,
  access: 'read',
  arguments: [
    { name: 'prefix', summary: 'only keys that begin with it', optional: true, completes: 'key' },
  ],
  options: {
    long: { short: 'l', summary: 'with size, version, time of change, and when it expires' },
    nul: { short: '0', summary: 'raw keys, each ended by a NUL' },
    start: { value: 'K', summary: 'from K on', completes: 'key' },
    end: { value: 'K', summary: 'up to K, without K itself', completes: 'key' },
    after: { value: 'K', summary: 'after K, the last key of the previous page', completes: 'key' },
    glob: { value: 'P', summary: 'only keys that are like the pattern P as a whole' },
    regex: { value: 'R', summary: 'only keys in which the regular expression R is found' },
    newer: { value: 'T', summary: 'only what was written after T', parse: parseTimeAgo },
    older: { value: 'T', summary: 'only what was written before T', parse: parseTimeAgo },
    larger: { value: 'SIZE', summary: 'only values of more bytes, as 64K', parse: parseSize },
    limit: { value: 'N', summary: 'at most N keys', parse: parseCount },
    reverse: { summary: 'from the last to the first' },
    count: { summary: 'only how many there are' },
    tree: { value: 'SEP', bare: '/', summary: 'as a tree, split at / or SEP, with counts' },
    values: { summary: 'with their values, as get-many prints them' },
    table: { summary: 'as a table of boxes; with --values too' },
  },
  examples: [
    { line: 'kv keys', summary: 'all of them' },
    { line: 'kv keys user/ --limit 100 --after user/0099', summary: 'the second page' },
    { line: 'kv keys -l --reverse', summary: 'with details, the last first' },
    { line: 'kv keys --tree=:', summary: 'a tree of keys such as user:1:name' },
    {
      line: "kv keys --glob 'log/*.gz' --older 30d -0 | xargs -0 kv delete --",
      summary: 'old ones',
    },
    { line: 'kv keys -0 tmp/ | xargs -0 kv delete --', summary: 'safe for any key' },
  ],

  async run(context, { long, nul, count, tree, values, table, ...selected }) {
    const isTree = tree !== undefined;
    if ([long, nul, count, isTree, values || table].filter(Boolean).length > 1) {
      throw new KvError('usage', 'only one of --long, -0, --count, --tree, --values or --table');
    }
    if (context.settings.json && (nul || isTree || table)) {
      const flag = nul ? '-0' : isTree ? '--tree' : '--table';
      throw new KvError('usage', `either ${flag} or --json, not both`);
    }
    const selection = { ...selected, filter: context.keyvalue.listing.recordFilter(selected) };
    if (count) await printCount(context, selection);
    else if (isTree) await printTree(context, selection, tree);
    else if (long) await printEntries(context, selection);
    else if (table) await printTable(context, chosen(context, selection), values);
    else if (values) await printRecords(context, chosen(context, selection));
    else await printKeys(context, selection, nul);
  },
});

/** The selected records; a signal stops it, however little is printed. */
async function* chosen(context: Context, selection: Selection): AsyncGenerator<Chosen> {
  const pause = signalsWhenDue(context);
  for (const some of context.keyvalue.listing.choose(context.bucketToRead(), selection)) {
    yield some;
    await pause();
  }
}

async function printCount(context: Context, selection: Selection): Promise<void> {
  let count = context.keyvalue.listing.countAtOnce(context.bucketToRead(), selection);
  if (count === undefined) {
    count = 0;
    for await (const { positions } of chosen(context, selection)) count += positions.length;
  }
  await answer(context, { count }, String(count));
}

async function printKeys(context: Context, selection: Selection, nul: boolean): Promise<void> {
  const writer = new KeyWriter(context, nul ? '\0' : '\n');
  for await (const { records, positions } of chosen(context, selection)) {
    await writer.write(records, positions);
  }
  await writer.end();
  const { prefix } = selection;
  if (writer.keys === 0 && prefix?.includes('*')) {
    await context.terminal.note(
      `no key begins with "${prefix}": it is a prefix, and no pattern; try: --glob`,
    );
  }
}

async function printEntries(context: Context, selection: Selection): Promise<void> {
  const { settings, terminal } = context;
  const lines = new LineWriter(context);
  const now = Date.now();
  for await (const { records, positions } of chosen(context, selection)) {
    for (const position of positions) {
      const entry = records.entry(position);
      if (entry === undefined) continue;
      const { key, size, version, modified, expires } = entry;
      if (settings.json) {
        const times = { modified: isoTime(modified), ...expiresMember(expires) };
        await lines.write(visibleJson({ key, size, version, ...times }));
      } else if (terminal.stdout.isTerminal) {
        const { style } = terminal.stdout;
        const columns = [humanSize(size).padStart(9), `v${version}`.padStart(8)];
        const time = relativeTime(modified, now).padStart(12);
        const end =
          expires === undefined
            ? ''
            : `  ${style.detail(`(expires ${relativeTime(expires, now)})`)}`;
        await lines.write(
          `${columns.join('  ')}  ${style.detail(time)}  ${lines.keyText(key)}${end}`,
        );
      } else {
        const end = expires === undefined ? '' : `\t${isoTime(expires)}`;
        await lines.write(`${size}\t${version}\t${isoTime(modified)}\t${lines.keyText(key)}${end}`);
      }
    }
  }
  await lines.end();
}

async function printTree(context: Context, selection: Selection, separator: string): Promise<void> {
  if (separator === '') throw new KvError('usage', 'the separator of --tree cannot be empty');
  const { style } = context.terminal.stdout;
  const lines = new LineWriter(context);
  const pause = signalsWhenDue(context);
  for (const line of keyTree(keysAtOnce(context, selection), separator)) {
    if (line === undefined) {
      await pause();
      continue;
    }
    const { depth, name, keys } = line;
    // A key that ends with the separator is a leaf of its own branch, with an empty name.
    const text = '  '.repeat(depth) + (name === '' ? '""' : lines.keyText(name));
    if (keys === undefined) await lines.write(text);
    else await lines.write(`${style.heading(text)} ${style.detail(`(${keys})`)}`);
  }
  await lines.end();
}

/** The selected keys, in groups as the store gives them. */
function* keysAtOnce(context: Context, selection: Selection): Generator<string[]> {
  const { listing } = context.keyvalue;
  for (const { records, positions } of listing.choose(context.bucketToRead(), selection)) {
    yield positions.map((position) => records.key(position));
  }
}
