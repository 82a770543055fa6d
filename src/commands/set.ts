import { afterChange, answerChange, expiresMember, report } from '../answers/answer.js';
import { answerRecord } from '../answers/record-answer.js';
import { defineCommand, type Options } from '../command.js';
import type { Condition, Context, OutgoingValue } from '../context.js';
import { exitCodes, KvError } from '../errors.js';
import { parseLengthOfTime } from '../line/duration.js';
import { parseCount } from '../line/option-values.js';
import { parseTime } from '../line/time.js';
import { fill } from '../terminal/pump.js';
import { humanSize } from '../terminal/quantities.js';
import type { Input } from '../terminal/terminal.js';

/** What set and delete share: conditions on the present record. */
export const conditionOptions = {
  ifVersion: {
    value: 'N',
    summary: 'only where the version is N, as stat prints it',
    parse: parseCount,
  },
  ifValue: {
    value: 'V',
    summary: 'only where the value is V, byte for byte',
    isStoredValue: true,
  },
} as const satisfies Options;

interface ConditionInput {
  readonly ifAbsent?: boolean;
  readonly ifPresent?: boolean;
  readonly ifVersion?: number | undefined;
  readonly ifValue?: string | undefined;
}

interface ExpiryInput {
  readonly ttl: number | undefined;
  readonly expires: number | undefined;
  readonly keepTtl: boolean;
}

export const command = defineCommand({
  name: 'set',
  summary: 'Set the value of a key',
  details: `The value is VALUE, or FILE, or what comes through stdin when that is a pipe or a file. It may be of any
size; it is seen by nobody before all of it is there, and an interrupted set changes nothing.

A key expires with --ttl or --expires, and from then on is absent for every verb. A set without either
makes it one that never expires, and --keep-ttl leaves that as it is. With a time that is past the key is
absent at once. DUR is 90s, 15m, 1h30m or 7d, TIME 2026-11-26T12:00:00Z or 2026-11-26.`,
  access: ({ ifPresent, ifVersion, ifValue }) =>
    ifPresent || ifVersion !== undefined || ifValue !== undefined ? 'change' : 'write',
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
    ...conditionOptions,
    ttl: {
      value: 'DUR',
      summary: 'expires so long after it was set',
      parse: (text: string) => parseLengthOfTime(text),
    },
    expires: { value: 'TIME', summary: 'expires at that time', parse: parseTime },
    keepTtl: { summary: 'expires when the value before would have' },
    get: { summary: 'print the value before, as get does' },
  },
  examples: [
    { line: 'kv set greeting hello', summary: 'a value from the command line' },
    { line: 'tar c src | kv set backup', summary: 'a value from a pipe, of any size' },
    { line: 'kv set lock "$$" --if-absent', summary: 'only the first one succeeds' },
    { line: 'kv set session/42 ada --ttl 30m', summary: 'for half an hour' },
    { line: 'kv set state done --if-value open', summary: 'from one state to the next' },
  ],
  exits: { [exitCodes.conditionFailed]: 'the condition does not hold; nothing was changed' },

  async run(context, { key, value: text, file, get, ttl, expires, keepTtl, ...conditions }) {
    checkOnlyOne({ ttl, expires, keepTtl });
    const condition = conditionOf(conditions);
    const input = await inputOf(context, 'set', text, file);
    const { records, types } = context.keyvalue;
    const bucket = context.bucketToWrite();
    // Once before anything is read, and again in the transaction.
    records.checkCondition(bucket, key, condition);
    const value = types.OutgoingValue.newOutgoingValue();
    try {
      await writeInput(context, input, value);
      const { size } = value;
      const remark = `set "${key}": ${humanSize(size)}`;
      // Counted from when the whole value has arrived.
      const until = ttl === undefined ? expires : Date.now() + ttl;
      const options = { condition, expires: keepTtl ? ('kept' as const) : until };
      if (get) {
        const { previous } = records.setAndGet(bucket, key, value, options);
        if (previous)
          await afterChange(context, remark, () => answerRecord(context, key, previous));
        else if (context.settings.json) await answerChange(context, { key, value: null }, remark);
      } else {
        const version = records.setWhere(bucket, key, value, options);
        await report(context, { key, size, version, ...expiresMember(until) }, remark);
      }
    } finally {
      value[Symbol.dispose]();
    }
  },
});

/** The condition that the options state. Throws `usage` for more than one. */
export function conditionOf({
  ifAbsent,
  ifPresent,
  ifVersion,
  ifValue,
}: ConditionInput): Condition | undefined {
  const given: [flag: string, condition: Condition][] = [];
  if (ifAbsent) given.push(['--if-absent', { kind: 'absent' }]);
  if (ifPresent) given.push(['--if-present', { kind: 'present' }]);
  if (ifVersion !== undefined)
    given.push(['--if-version', { kind: 'version', version: ifVersion }]);
  if (ifValue !== undefined) {
    given.push(['--if-value', { kind: 'value', value: Buffer.from(ifValue) }]);
  }
  if (given.length > 1) {
    throw new KvError('usage', `only one of ${given.map(([flag]) => flag).join(', ')}`);
  }
  return given[0]?.[1];
}

/** Throws `usage` if more than one option says when the key expires. */
function checkOnlyOne({ ttl, expires, keepTtl }: ExpiryInput): void {
  const given = [ttl !== undefined, expires !== undefined, keepTtl].filter(Boolean);
  if (given.length > 1) throw new KvError('usage', 'only one of --ttl, --expires, --keep-ttl');
}

/** The value, or the input to read it from. Throws `usage` if there is neither. */
export async function inputOf(
  { terminal }: Context,
  verb: string,
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
    hint: `try: kv ${verb} KEY VALUE, or kv ${verb} KEY -f FILE, or kv ${verb} KEY - to type it`,
  });
}

/** Writes a text, or a whole input, to a value. */
export async function writeInput(
  context: Context,
  input: string | Input,
  value: OutgoingValue,
): Promise<void> {
  if (typeof input === 'string') value.outgoingValueWriteBodySync(Buffer.from(input));
  else await context.interruptible((signal) => stream(context, input, value, signal));
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
