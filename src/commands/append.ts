import { report } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import { humanSize } from '../terminal/quantities.js';
import { inputOf, writeInput } from './set.js';

export const command = defineCommand({
  name: 'append',
  summary: 'Add to the end of a value',
  details: `One step: of any number who append at once, each adds all of its own, and nobody sees a part of it. A
missing key begins empty. When it expires stays. What is added is VALUE, or FILE, or what comes through stdin,
byte for byte: a line needs its own newline. To add to a value takes as long whether it is short or long.`,
  access: 'write',
  sharesTransaction: ({ value, file }) =>
    value !== undefined && value !== '-' && file === undefined,
  arguments: [
    { name: 'key', summary: 'the key', completes: 'key' },
    { name: 'value', summary: 'what to add; - is stdin', optional: true, value: 'all' },
  ],
  options: {
    file: { short: 'f', value: 'FILE', summary: 'add what is in FILE', completes: 'file' },
  },
  examples: [
    { line: 'date | kv append log', summary: 'a line' },
    { line: 'kv append path ":$HOME/bin"', summary: 'a text' },
  ],

  async run(context, { key, value: text, file }) {
    const input = await inputOf(context, 'append', text, file);
    const { records, types } = context.keyvalue;
    const bucket = context.bucketToWrite();
    records.stat(bucket, key);
    const value = types.OutgoingValue.newOutgoingValue();
    try {
      await writeInput(context, input, value);
      const { size: added } = value;
      const { version, size } = records.append(bucket, key, value);
      const remark = `appended ${humanSize(added)} to "${key}": ${humanSize(size)}`;
      await report(context, { key, appended: added, size, version }, remark);
    } finally {
      value[Symbol.dispose]();
    }
  },
});
