/** A record that an import rejects: what is said of it, and what is kept of it. */
import { isUtf8 } from 'node:buffer';
import { expiresMember } from '../answers/answer.js';
import { type FormatError, quoted } from '../formats/format.js';

/**
 * Where a record stands: its line, and of a format that counts records its column and its number; or the
 * number of its file.
 */
export interface Place {
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly record?: number | undefined;
  readonly file?: number;
}

/** The record that ends an import. */
export class Rejection extends Error {
  /** What the format counts it by. */
  readonly at: number;
  readonly place: Place;
  readonly key: string | undefined;
  /** The record as it stood in the input, or the beginning of it, where it was not whole. */
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

/** `FILE:LINE: why not`, `FILE:LINE:COLUMN: record 3, key "k": why not`, `FOLDER: "k": why not`. */
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

/** A record in the file of rejected ones: as it was, in base64 where it is not UTF-8. */
export interface Rejected {
  readonly record: string;
  readonly base64?: true;
}

/** One that was whole, as ndjson has it. */
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

/** What stood in the input. */
export function asItWas(raw: Uint8Array): Rejected {
  const bytes = Buffer.from(raw);
  return isUtf8(bytes)
    ? { record: bytes.toString() }
    : { record: bytes.toString('base64'), base64: true };
}

/** The key of what is JSON and no record, where it has one. */
export function keyOfJson(raw: Uint8Array): string | undefined {
  try {
    const { key } = JSON.parse(Buffer.from(raw).toString()) as { key?: unknown };
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}
