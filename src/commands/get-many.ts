import { recordJson } from '../answers/record-answer.js';
import { defineCommand } from '../command.js';
import type { Context, IncomingValue } from '../context.js';
import { absentKey, exitCodes } from '../errors.js';
import { escapedBytes } from '../terminal/escaped-bytes.js';
import { piecesOf } from '../terminal/pump.js';
import { escapeKey, visibleJson, visibleLine } from '../terminal/visible.js';

export const command = defineCommand({
  name: 'get-many',
  aliases: ['mget'],
  summary: 'Print the values of several keys',
  details: `One line a key, in the order given: the key, a tab, and the value as text, with control characters
and bytes that are not UTF-8 as escapes. A key that is not there has neither tab nor value, and with --json the value null. All the
values are of one moment.`,
  access: 'read',
  sharesTransaction: true,
  arguments: [{ name: 'keys', summary: 'the keys', variadic: true, completes: 'key' }],
  options: {},
  examples: [{ line: 'kv get-many host port', summary: 'two values' }],
  exits: { [exitCodes.no]: 'one of the keys, or more, is not there' },

  async run(context, { keys }) {
    const values = context.keyvalue.eventualBatch.getMany(context.bucketToRead(), keys);
    try {
      for (const [position, key] of keys.entries()) {
        await printValue(context, key, values[position]);
      }
    } finally {
      for (const value of values) value?.[Symbol.dispose]();
    }
    const absent = keys.filter((_, position) => values[position] === undefined);
    if (absent.length === 1) throw absentKey(`get "${absent[0]}"`);
    if (absent.length > 1) throw absentKey(`get ${absent.length} of ${keys.length} keys`);
  },
});

async function printValue(
  { keyvalue, settings, terminal }: Context,
  key: string,
  value: IncomingValue | undefined,
): Promise<void> {
  const { stdout } = terminal;
  const escape = stdout.isTerminal ? visibleLine : escapeKey;
  if (value === undefined) {
    const line = settings.json ? visibleJson({ key, value: null }) : escape(key);
    await stdout.write(`${line}\n`);
    return;
  }
  const pieces = piecesOf(keyvalue.types.IncomingValue.incomingValueConsumeAsync(value));
  if (settings.json) {
    await stdout.write(recordJson(key, pieces, value.metadata));
    return;
  }
  await stdout.write(`${escape(key)}\t`);
  for (const text of escapedBytes(pieces, escape)) await stdout.write(text);
  await stdout.write('\n');
}
