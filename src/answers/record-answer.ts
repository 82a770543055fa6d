/** A record as one line of JSON: `base64` says that the value is not text. */
import { isUtf8 } from 'node:buffer';
import { KvError } from '../errors.js';
import { visibleJson } from '../terminal/visible.js';
import { isoTime } from './answer.js';

/** The largest value that one line of JSON holds, in bytes: it is put together in memory. */
const JSON_VALUE_LIMIT_BYTES = 64 * 1024 * 1024;

/** What is known of a record without its value. */
interface RecordMetadata {
  readonly size: number;
  readonly version: number;
  readonly modified: number;
}

/** The line, ended with a newline. Throws `too-large` over `JSON_VALUE_LIMIT_BYTES`. */
export function recordJson(
  key: string,
  pieces: Iterable<Uint8Array>,
  metadata?: RecordMetadata,
): string {
  const value = collect(key, pieces);
  const isText = isUtf8(value);
  const record = {
    key,
    value: value.toString(isText ? 'utf8' : 'base64'),
    ...(!isText && { base64: true }),
    ...(metadata && {
      size: metadata.size,
      version: metadata.version,
      modified: isoTime(metadata.modified),
    }),
  };
  return `${visibleJson(record)}\n`;
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
