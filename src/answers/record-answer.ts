/** Answers with a record: its value unchanged, or one line of JSON. */
import { isUtf8 } from 'node:buffer';
import type { Context, IncomingValue } from '../context.js';
import { KvError } from '../errors.js';
import { escapedBytes } from '../terminal/escaped-bytes.js';
import { piecesOf } from '../terminal/pump.js';
import { writeValue } from '../terminal/value-output.js';
import { escapeKey, visibleJson, visibleLine } from '../terminal/visible.js';
import { expiresMember, isoTime } from './answer.js';

/** The largest value in a line of JSON, in bytes: the line is assembled in memory. */
const JSON_VALUE_LIMIT_BYTES = 64 * 1024 * 1024;

/** What is known of a record besides its value. */
interface RecordMetadata {
  readonly size: number;
  readonly version: number;
  readonly modified: number;
  readonly expires: number | undefined;
}

/**
 * Writes the value of a key as `get` does, and consumes the value. Throws `too-large` with --json
 * over `JSON_VALUE_LIMIT_BYTES`.
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
 * Writes a key and its value on one line, with control characters and bytes that are not UTF-8
 * escaped, and consumes the value. For a missing key it writes the key alone. Throws as
 * `answerRecord` does.
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
 * The record as a line of JSON; `base64` is true where the value is not text. Throws `too-large`
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

/** The members for a value in JSON. */
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
