/** What makes a JSON object a record: `key`, `value`, and `base64` where the value is not text. */
import { isUtf8 } from 'node:buffer';
import { quoted } from '../format.js';
import { memberNames } from './member-names.js';

export interface JsonRecord {
  readonly key: string;
  /** Text, or base64 where `base64` says so. */
  readonly value: string;
  readonly base64: boolean;
  /** The names of members beside these. */
  readonly unknown: readonly string[];
}

/** The record that the bytes hold, or why they hold none. */
export function parseRecord(bytes: Buffer, start: number, end: number): JsonRecord | string {
  if (!isUtf8(bytes.subarray(start, end))) return 'not valid UTF-8';
  const object = parse(bytes.toString('utf8', start, end));
  if (object === undefined) return notJson;
  if (typeof object !== 'object' || object === null || Array.isArray(object))
    return 'not an object';
  const twice = memberThereTwice(bytes, start, end);
  if (twice !== undefined) return `"${twice}" is there twice`;
  const { key, value, base64 = false } = object as Record<string, unknown>;
  if (key === undefined) return noKey;
  if (typeof key !== 'string') return '"key" is not a string';
  if (!key.isWellFormed()) return loneSurrogateIn('key');
  if (value === undefined) return 'no "value"';
  if (typeof value !== 'string') return '"value" is not a string';
  if (!value.isWellFormed()) return loneSurrogateIn('value');
  if (typeof base64 !== 'boolean') return '"base64" is not true or false';
  return { key, value, base64, unknown: unknownIn(object) };
}

const known: readonly string[] = ['key', 'value', 'base64'];

/** The names of an object's members that a record does not have. */
export function unknownIn(object: object): readonly string[] {
  return Object.keys(object).filter((name) => !known.includes(name));
}

/** The reason for rejecting a record with such members. */
export function unknownMember([name]: readonly string[]): string {
  return `unknown member ${quoted(name!)}`;
}

/** The reason for what is not JSON at all. */
export const notJson = 'not JSON';

export const noKey = 'no "key"';

export const malformedBase64 = '"value" is not base64';

export function loneSurrogateIn(member: 'key' | 'value'): string {
  return `a lone surrogate in "${member}"`;
}

/** A known member that an object has twice, of which JSON.parse would silently take the last. */
function memberThereTwice(bytes: Buffer, start: number, end: number): string | undefined {
  const object = bytes.subarray(start, end);
  const mayBe = known.some((name) => {
    const first = object.indexOf(`"${name}"`);
    return first !== -1 && object.indexOf(`"${name}"`, first + 1) !== -1;
  });
  // A name may be spelled with escapes, which is rare enough to look twice.
  if (!mayBe && !object.includes('\\u')) return undefined;
  const names = [...memberNames(object)];
  return known.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
