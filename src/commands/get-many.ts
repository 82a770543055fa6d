import { answerInLine } from '../answers/record-answer.js';
import { defineCommand } from '../command.js';
import { absentKey, exitCodes } from '../errors.js';

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
        await answerInLine(context, key, values[position]);
      }
    } finally {
      for (const value of values) value?.[Symbol.dispose]();
    }
    requireAll(
      'get',
      keys,
      keys.filter((_, position) => values[position] === undefined),
    );
  },
});

/** Throws `absent` if some of the keys do not exist. */
export function requireAll(
  action: string,
  keys: readonly string[],
  absent: readonly string[],
): void {
  if (absent.length === 1) throw absentKey(`${action} "${absent[0]}"`);
  if (absent.length > 1) throw absentKey(`${action} ${absent.length} of ${keys.length} keys`);
}
