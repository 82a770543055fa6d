import { isoTime } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import { humanSize, relativeTime } from '../terminal/quantities.js';
import { table } from '../terminal/table.js';
import { escapeKey, visibleJson } from '../terminal/visible.js';

export const command = defineCommand({
  name: 'bucket list',
  aliases: ['bucket ls'],
  summary: 'List the buckets',
  details: `In a pipe one name a line, with nothing else. The size is that of the keys and the small values in the
index: kv bucket info NAME adds up all values.`,
  access: 'read',
  arguments: [],
  options: {},
  examples: [{ line: 'kv bucket list', summary: 'names, keys, sizes of the index' }],

  async run({ keyvalue, settings, terminal: { stdout } }) {
    const buckets = keyvalue.buckets.list();
    if (settings.json) {
      const lines = buckets.map(({ name, keys, bytes, created }) =>
        visibleJson({ bucket: name, keys, indexBytes: bytes, created: isoTime(created) }),
      );
      await stdout.write(lines.map((line) => `${line}\n`).join(''));
    } else if (stdout.isTerminal && buckets.length > 0) {
      const now = Date.now();
      const rows = buckets.map(({ name, keys, bytes, created }) => [
        name,
        String(keys),
        humanSize(bytes),
        relativeTime(created, now),
      ]);
      await stdout.write(await table(['BUCKET', 'KEYS', 'INDEX', 'CREATED'], rows, stdout));
    } else {
      await stdout.write(buckets.map(({ name }) => `${escapeKey(name)}\n`).join(''));
    }
  },
});
