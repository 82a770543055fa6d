import { answer, isoTime } from '../answers/answer.js';
import { keyTree } from '../answers/key-tree.js';
import { LineWriter } from '../answers/line-writer.js';
import { defineCommand } from '../command.js';
import type { Context, Selection } from '../context.js';
import { KvError } from '../errors.js';
import { parseCount } from '../line/option-values.js';
import { humanSize, relativeTime } from '../terminal/quantities.js';
import { visibleJson } from '../terminal/visible.js';

export const command = defineCommand({
  name: 'keys',
  aliases: ['ls'],
  summary: 'List keys in order',
  details: `Keys come in the order of their UTF-8 bytes. In a pipe each takes one line, with \\\\, \\n and other control
characters as escapes; -0 prints them as they are, each ended by a NUL. What is printed is the state
of one moment, whoever writes meanwhile.`,
  access: 'read',
  arguments: [
    { name: 'prefix', summary: 'only keys that begin with it', optional: true, completes: 'key' },
  ],
  options: {
    long: { short: 'l', summary: 'with size, version and time of change' },
    nul: { short: '0', summary: 'raw keys, each ended by a NUL' },
    start: { value: 'K', summary: 'from K on', completes: 'key' },
    end: { value: 'K', summary: 'up to K, without K itself', completes: 'key' },
    after: { value: 'K', summary: 'after K, the last key of the previous page', completes: 'key' },
    limit: { value: 'N', summary: 'at most N keys', parse: parseCount },
    reverse: { summary: 'from the last to the first' },
    count: { summary: 'only how many there are' },
    tree: { value: 'SEP', bare: '/', summary: 'as a tree, split at / or SEP, with counts' },
  },
  examples: [
    { line: 'kv keys', summary: 'all of them' },
    { line: 'kv keys user/ --limit 100 --after user/0099', summary: 'the second page' },
    { line: 'kv keys -l --reverse', summary: 'with details, the last first' },
    { line: 'kv keys --tree=:', summary: 'a tree of keys such as user:1:name' },
    { line: 'kv keys -0 tmp/ | xargs -0 kv delete --', summary: 'safe for any key' },
  ],

  async run(context, { long, nul, count, tree, ...selection }) {
    if ([long, nul, count, tree !== undefined].filter(Boolean).length > 1) {
      throw new KvError('usage', 'only one of --long, -0, --count, --tree');
    }
    if (context.settings.json && (nul || tree !== undefined)) {
      throw new KvError('usage', `either ${nul ? '-0' : '--tree'} or --json, not both`);
    }
    if (count) await printCount(context, selection);
    else if (tree !== undefined) await printTree(context, selection, tree);
    else if (long) await printEntries(context, selection);
    else await printKeys(context, selection, nul);
  },
});

async function printCount(context: Context, selection: Selection): Promise<void> {
  const count = context.keyvalue.listing.countKeys(context.bucketToRead(), selection);
  await answer(context, { count }, String(count));
}

async function printKeys(context: Context, selection: Selection, nul: boolean): Promise<void> {
  const lines = new LineWriter(context, nul ? '\0' : '\n');
  let found = 0;
  for (const key of context.keyvalue.listing.listKeys(context.bucketToRead(), selection)) {
    await lines.writeKey(key);
    found++;
  }
  await lines.end();
  const { prefix } = selection;
  if (found === 0 && prefix?.includes('*')) {
    await context.terminal.note(`no key begins with "${prefix}": it is a prefix, and no pattern`);
  }
}

async function printEntries(context: Context, selection: Selection): Promise<void> {
  const { settings, terminal, keyvalue } = context;
  const lines = new LineWriter(context);
  const now = Date.now();
  for (const entry of keyvalue.listing.listEntries(context.bucketToRead(), selection)) {
    const { key, size, version, modified } = entry;
    if (settings.json) {
      await lines.write(visibleJson({ key, size, version, modified: isoTime(modified) }));
    } else if (terminal.stdout.isTerminal) {
      const { style } = terminal.stdout;
      const columns = [humanSize(size).padStart(9), `v${version}`.padStart(8)];
      const time = relativeTime(modified, now).padStart(12);
      await lines.write(`${columns.join('  ')}  ${style.detail(time)}  ${lines.keyText(key)}`);
    } else {
      await lines.write(`${size}\t${version}\t${isoTime(modified)}\t${lines.keyText(key)}`);
    }
  }
  await lines.end();
}

async function printTree(context: Context, selection: Selection, separator: string): Promise<void> {
  if (separator === '') throw new KvError('usage', 'the separator of --tree cannot be empty');
  const { listing } = context.keyvalue;
  const bucket = context.bucketToRead();
  const { style } = context.terminal.stdout;
  const lines = new LineWriter(context);
  for (const { depth, name, keys } of keyTree(listing.listKeys(bucket, selection), separator)) {
    // A key that ends with the separator stands in its own branch, under no name.
    const text = '  '.repeat(depth) + (name === '' ? '""' : lines.keyText(name));
    if (keys === undefined) await lines.write(text);
    else await lines.write(`${style.heading(text)} ${style.detail(`(${keys})`)}`);
  }
  await lines.end();
}
