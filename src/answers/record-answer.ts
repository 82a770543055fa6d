/** Answering with a record: its value as it is, or one line of JSON. */
import { isUtf8 } from 'node:buffer';
import type { Context, IncomingValue } from '../context.js';
import { KvError } from '../errors.js';
import { escapedBytes } from '../terminal/escaped-bytes.js';
import { piecesOf } from '../terminal/pump.js';
import { writeValue } from '../terminal/value-output.js';
import { escapeKey, visibleJson, visibleLine } from '../terminal/visible.js';
import { expiresMember, isoTime } from './answer.js';

/** The largest value that one line of JSON holds, in bytes: it is put together in memory. */
const JSON_VALUE_LIMIT_BYTES = 64 * 1024 * 1024;

/** What is known of a record without its value. */
interface RecordMetadata {
  readonly size: number;
  readonly version: number;
  readonly modified: number;
  readonly expires: number | undefined;
}

/**
 * Writes the value of a key as `get` does, and consumes it. Throws `too-large` with --json over
 * `JSON_VALUE_LIMIT_BYTES`.
 */
export async function answerRecord(
  { keyvalue, settings, terminal }: Context,
  key: string,
  value: IncomingValue,
): Promise<void> {
  const { stdout } = terminal;
  const pieces = piecesOf(keyvalue.types.IncomingValue.incomingValueConsumeAsync(value));
  if (settings.json) await stdout.write(recordJson(key, pieces, value.metadata));
  else if (!(await writeValue(stdout, pieces)))
    await terminal.note('a binary value: its first bytes');
}

/**
 * Writes a key and its value on a line of their own, with control characters and bytes that are not
 * UTF-8 as escapes, and consumes it; for a missing key the key alone. Throws as `answerRecord` does.
 */
export async function answerInLine(
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

/**
 * The record, ended with a newline; `base64` says that the value is no text. Throws `too-large`
 * over `JSON_VALUE_LIMIT_BYTES`.
 */
export function recordJson(
  key: string,
  pieces: Iterable<Uint8Array>,
  metadata?: RecordMetadata,
): string {
  const record = {
    key,
    ...valueMembers(collect(key, pieces)),
    ...(metadata && {
      size: metadata.size,
      version: metadata.version,
      modified: isoTime(metadata.modified),
      ...expiresMember(metadata.expires),
    }),
  };
  return `${visibleJson(record)}\n`;
}

/** A value as JSON has it. */
export function valueMembers(value: Buffer): { value: string; base64?: true } {
  const isText = isUtf8(value);
  return {
    value: value.toString(isText ? 'utf8' : 'base64'),
    ...(!isText && { base64: true as const }),
  };
}

function collect(key: string, pieces: Iterable<Uint8Array>): Buffer {
  const collected: Uint8Array[] = [];
  let size = 0;
  for (const piece of pieces) {
    size += piece.length;
    if (size > JSON_VALUE_LIMIT_BYTES) {
      throw new KvError(
        'too-large',
        `cannot print "${key}" as JSON: it is over ${JSON_VALUE_LIMIT_BYTES} bytes`,
        { hint: 'try: kv get KEY without --json, which takes any size' },
      );
    }
    collected.push(piece);
  }
  return Buffer.concat(collected);
}
