import { report } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import type { Condition, Context, OutgoingValue } from '../context.js';
import { exitCodes, KvError } from '../errors.js';
import { parseCount } from '../line/option-values.js';
import { fill } from '../terminal/pump.js';
import { humanSize } from '../terminal/quantities.js';
import type { Input } from '../terminal/terminal.js';

export const command = defineCommand({
  name: 'set',
  summary: 'Set the value of a key',
  details: `The value is VALUE, or FILE, or what comes through stdin when that is a pipe or a file. It may be of any
size; it is seen by nobody before all of it is there, and an interrupted set changes nothing.`,
  access: ({ ifPresent, ifVersion }) => (ifPresent || ifVersion !== undefined ? 'change' : 'write'),
  sharesTransaction: ({ value, file }) =>
    value !== undefined && value !== '-' && file === undefined,
  arguments: [
    { name: 'key', summary: 'the key, 1 to 1978 bytes', completes: 'key' },
    { name: 'value', summary: 'the value; - is stdin', optional: true, value: 'all' },
  ],
  options: {
    file: { short: 'f', value: 'FILE', summary: 'read the value from FILE', completes: 'file' },
    ifAbsent: { summary: 'only where there is no such key' },
    ifPresent: { summary: 'only where the key is there' },
    ifVersion: {
      value: 'N',
      summary: 'only where the version is N, as stat prints it',
      parse: parseCount,
    },
  },
  examples: [
    { line: 'kv set greeting hello', summary: 'a value from the command line' },
    { line: 'tar c src | kv set backup', summary: 'a value from a pipe, of any size' },
    { line: 'kv set lock "$$" --if-absent', summary: 'only the first one succeeds' },
  ],
  exits: { [exitCodes.conditionFailed]: 'the condition does not hold; nothing was changed' },

  async run(context, { key, value: text, file, ifAbsent, ifPresent, ifVersion }) {
    const condition = conditionOf(ifAbsent, ifPresent, ifVersion);
    const input = await inputOf(context, text, file);
    const { records, types } = context.keyvalue;
    const bucket = context.bucketToWrite();
    // Once before anything is read, and again in the transaction.
    records.checkCondition(bucket, key, condition);
    const value = types.OutgoingValue.newOutgoingValue();
    try {
      if (typeof input === 'string') value.outgoingValueWriteBodySync(Buffer.from(input));
      else await context.interruptible((signal) => stream(context, input, value, signal));
      const version = records.setWhere(bucket, key, value, condition);
      const { size } = value;
      await report(context, { key, size, version }, `set "${key}": ${humanSize(size)}`);
    } finally {
      value[Symbol.dispose]();
    }
  },
});

function conditionOf(
  ifAbsent: boolean,
  ifPresent: boolean,
  version: number | undefined,
): Condition | undefined {
  const given = [ifAbsent, ifPresent, version !== undefined].filter(Boolean).length;
  if (given > 1) throw new KvError('usage', 'only one of --if-absent, --if-present, --if-version');
  if (ifAbsent) return { kind: 'absent' };
  if (ifPresent) return { kind: 'present' };
  return version === undefined ? undefined : { kind: 'version', version };
}

/** Where the value comes from: itself, or an input. */
async function inputOf(
  { terminal }: Context,
  text: string | undefined,
  file: string | undefined,
): Promise<string | Input> {
  if (file !== undefined && text !== undefined) {
    throw new KvError('usage', 'either a VALUE or --file, not both');
  }
  if (file !== undefined) return terminal.openInput(file);
  if (text === '-') return terminal.stdin;
  if (text !== undefined) return text;
  if (terminal.stdin.kind === 'stream') return terminal.stdin;
  throw new KvError('usage', 'missing VALUE: stdin is neither a pipe nor a file', {
    hint: 'try: kv set KEY VALUE, or kv set KEY -f FILE, or kv set KEY - to type it',
  });
}

async function stream(
  { terminal }: Context,
  input: Input,
  value: OutgoingValue,
  signal: AbortSignal,
): Promise<void> {
  const progress = await terminal.progress(input.size);
  try {
    await fill(value.outgoingValueWriteBodyAsync(), input, signal, (bytes) =>
      progress.update(bytes),
    );
  } finally {
    progress.stop();
  }
}
