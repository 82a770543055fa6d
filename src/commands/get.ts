import { recordJson } from '../answers/record-answer.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
import { absentKey, exitCodes, KvError } from '../errors.js';
import { parseCount, parseOneOf } from '../line/option-values.js';
import { outputThrough } from '../terminal/output-through.js';
import { piecesOf, unlessAborted } from '../terminal/pump.js';
import type { Rendering } from '../terminal/renderings.js';
import { stoppable } from '../terminal/stoppable-output.js';
import type { Output } from '../terminal/terminal.js';
import { writeValue } from '../terminal/value-output.js';

/** Beside the head of a hex dump. */
const HEAD = 'a binary value; as it is: kv get KEY > FILE, or kv get KEY | COMMAND';

const formats = ['raw', 'text', 'json', 'hex', 'base64'] as const satisfies readonly Rendering[];
const parseFormat = parseOneOf(formats);

export const command = defineCommand({
  name: 'get',
  summary: 'Print the value of a key',
  details: `In a pipe or a file the value comes out byte for byte, with nothing added. On a terminal, text shows
its control characters as escapes, and a binary value shows the head of a hex dump. At the prompt of
kv repl, JSON is laid out.`,
  access: 'read',
  sharesTransaction: ({ output }) => output === undefined,
  arguments: [{ name: 'key', summary: 'the key', completes: 'key' }],
  options: {
    output: {
      short: 'o',
      value: 'FILE',
      summary: 'write to FILE, which appears whole or not at all; - is stdout',
      completes: 'file',
    },
    offset: { value: 'N', summary: 'begin N bytes into the value', parse: parseCount },
    length: { value: 'N', summary: 'print at most N bytes', parse: parseCount },
    format: {
      value: 'FORM',
      summary: 'print as raw, text, json (laid out), hex or base64',
      parse: parseFormat,
      completes: formats,
    },
    default: { value: 'V', summary: 'print V, and succeed, where there is no such key' },
  },
  examples: [
    { line: 'kv get greeting', summary: 'show a value' },
    { line: 'kv get backup | tar x', summary: 'stream a value of any size' },
    { line: 'kv get photo -o photo.jpg', summary: 'into a file, whole or not at all' },
    { line: 'kv get log --offset 1000 --length 80', summary: 'a part of a value' },
  ],
  exits: { [exitCodes.no]: 'there is no such key' },

  async run(context, { key, output: path = '-', offset = 0, length, format, default: fallback }) {
    if (context.settings.json && format !== undefined) {
      throw new KvError('usage', 'either --format or --json, not both');
    }
    const { eventual, types } = context.keyvalue;
    const value = eventual.get(context.bucketToRead(), key);
    if (value === undefined && fallback === undefined) throw absentKey(`get "${key}"`);
    const stream = value && types.IncomingValue.incomingValueConsumeAsync(value);
    const pieces = stream
      ? piecesOf(stream, offset, length)
      : [Buffer.from(fallback!).subarray(offset, length && offset + length)];
    const size = value?.metadata.size ?? Buffer.byteLength(fallback!);
    const part = { begun: offset > 0, goesOn: length !== undefined && offset + length < size };
    const write = async (output: Output, signal?: AbortSignal): Promise<void> => {
      if (context.settings.json) await output.write(recordJson(key, pieces, value?.metadata));
      else if (!(await writeValue(output, pieces, { form: format, signal, part })))
        await context.terminal.note(HEAD);
    };
    try {
      if (path === '-') await write(context.terminal.stdout);
      else await writeFile(context, path, value?.metadata.size ?? 0, write);
    } finally {
      stream?.[Symbol.dispose]();
    }
  },
});

async function writeFile(
  context: Context,
  path: string,
  size: number,
  write: (file: Output, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  await context.interruptible(async (signal) => {
    const file = await unlessAborted(context.terminal.openOutput(path), signal);
    const progress = await context.terminal.progress(size);
    try {
      await write(
        withProgress(stoppable(file, signal), (bytes) => progress.update(bytes)),
        signal,
      );
      await file.commit();
    } finally {
      progress.stop();
      await file.abandon();
    }
  });
}

/** The same output; it calls `progress` after each write with the bytes so far. */
function withProgress(output: Output, progress: (bytes: number) => void): Output {
  let bytes = 0;
  return outputThrough(output, async (data) => {
    await output.write(data);
    bytes += data.length;
    progress(bytes);
  });
}
