import { report } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import type { OutgoingValue } from '../context.js';
import { KvError } from '../errors.js';
import { counted } from '../terminal/quantities.js';

export const command = defineCommand({
  name: 'set-many',
  aliases: ['mset'],
  summary: 'Set several keys in one transaction',
  details: `Each word is split at its first "=", so a key with that character needs "kv set". Either all are set or
none is.`,
  access: 'write',
  sharesTransaction: true,
  arguments: [
    {
      name: 'pairs',
      summary: 'a key and its value',
      shown: 'KEY=VALUE',
      variadic: true,
      value: 'afterEquals',
    },
  ],
  options: {},
  examples: [{ line: 'kv set-many host=localhost port=8080', summary: 'two keys at once' }],

  async run(context, { pairs }) {
    const split = pairs.map(splitPair);
    const { eventualBatch, types } = context.keyvalue;
    const bucket = context.bucketToWrite();
    const values = split.map(([key, value]): [string, OutgoingValue] => {
      const outgoing = types.OutgoingValue.newOutgoingValue();
      outgoing.outgoingValueWriteBodySync(Buffer.from(value));
      return [key, outgoing];
    });
    try {
      eventualBatch.setMany(bucket, values);
    } finally {
      for (const [, value] of values) value[Symbol.dispose]();
    }
    const set = new Set(split.map(([key]) => key)).size;
    await report(context, { set }, `set ${counted(set, 'key')}`);
  },
});

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at === -1) throw new KvError('usage', `"${pair}" is not KEY=VALUE`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}
