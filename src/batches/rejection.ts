/** A record that an import rejects: the message for it, and what is kept of it. */
import { isUtf8 } from 'node:buffer';
import { expiresMember } from '../answers/answer.js';
import { type FormatError, quoted } from '../formats/format.js';

/**
 * Where a record stands: its line; for a format that counts records also its column and number; for
 * a folder the number of its file.
 */
export interface Place {
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly record?: number | undefined;
  readonly file?: number;
}

/** The record that ends an import. */
export class Rejection extends Error {
  /** The number by which the format counts the record: see `AnyFormat.counts`. */
  readonly at: number;
  readonly place: Place;
  readonly key: string | undefined;
  /** The record as it stood in the input, or the beginning of one that was not complete. */
  readonly raw: Uint8Array | undefined;

  constructor(
    at: number,
    place: Place,
    reason: string,
    { key, raw }: { key?: string | undefined; raw?: Uint8Array | undefined },
  ) {
    super(reason);
    this.at = at;
    this.place = place;
    this.key = key;
    this.raw = raw;
  }
}

/** `FILE:LINE: reason`, `FILE:LINE:COLUMN: record 3, key "k": reason`, `FOLDER: "k": reason`. */
export function placed(
  file: string,
  { line, column, record, file: number }: Place,
  key: string | undefined,
  reason: string,
): string {
  if (number !== undefined)
    return `${file}: ${key === undefined ? '' : `${quoted(key)}: `}${reason}`;
  const place = column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
  if (record === undefined) return `${place}: ${reason}`;
  return `${place}: record ${record}${key === undefined ? '' : `, key ${quoted(key)}`}: ${reason}`;
}

export function placeOf({ line, more }: FormatError): Place {
  return { line, column: more.column, record: more.record };
}

/** A record in the file of rejected ones: unchanged, or in base64 if it is not UTF-8. */
export interface Rejected {
  readonly record: string;
  readonly base64?: true;
}

/** A complete record, as NDJSON. */
export function wholeRecord(key: string, value: Uint8Array, expires?: number): Rejected {
  const isText = isUtf8(value);
  const text = Buffer.from(value).toString(isText ? 'utf8' : 'base64');
  const record = {
    key,
    ...expiresMember(expires),
    value: text,
    ...(!isText && { base64: true }),
  };
  return { record: JSON.stringify(record) };
}

/** The input's bytes, unchanged. */
export function asItWas(raw: Uint8Array): Rejected {
  const bytes = Buffer.from(raw);
  return isUtf8(bytes)
    ? { record: bytes.toString() }
    : { record: bytes.toString('base64'), base64: true };
}

/** The key of JSON that is not a record, if it has one. */
export function keyOfJson(raw: Uint8Array): string | undefined {
  try {
    const { key } = JSON.parse(Buffer.from(raw).toString()) as { key?: unknown };
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}
