/** A record as a JSON object: `key`, `value`, and `base64` if the value is not text. */
import { isUtf8 } from 'node:buffer';
import { COMMA, OPEN_BRACE, QUOTE } from '../bytes/ascii.js';
import { type ExpiryFields, expiryNames, quoted } from '../format.js';
import { skipSpace } from './bytes.js';
import { endOfValue } from './value-end.js';

export interface JsonRecord {
  readonly key: string;
  /** Text, or base64 if `base64` is true. */
  readonly value: string;
  readonly base64: boolean;
  /** Undefined if nothing says that it expires. */
  readonly expiry: ExpiryFields | undefined;
  /** The names of its other members. */
  readonly unknown: readonly string[];
}

/** The record in the bytes, or the reason why it is not one. */
export function parseRecord(bytes: Buffer, start: number, end: number): JsonRecord | string {
  const object = parseObject(bytes, start, end);
  if (typeof object === 'string') return object;
  const twice = memberThereTwice(bytes, start, end);
  if (twice !== undefined) return `"${twice}" is there twice`;
  const { key, value, base64 = false } = object;
  if (key === undefined) return noKey;
  if (typeof key !== 'string') return '"key" is not a string';
  if (!key.isWellFormed()) return loneSurrogateIn('key');
  if (value === undefined) return 'no "value"';
  if (typeof value !== 'string') return '"value" is not a string';
  if (!value.isWellFormed()) return loneSurrogateIn('value');
  if (typeof base64 !== 'boolean') return '"base64" is not true or false';
  const expiry = expiryIn(object);
  if (typeof expiry === 'string') return expiry;
  return { key, value, base64, expiry, unknown: unknownIn(object) };
}

/** The object in the bytes, or the reason why it is not one. */
export function parseObject(
  bytes: Buffer,
  start: number,
  end: number,
): Record<string, unknown> | string {
  if (!isUtf8(bytes.subarray(start, end))) return 'not valid UTF-8';
  const object = parse(bytes.toString('utf8', start, end));
  if (object === undefined) return notJson;
  if (typeof object !== 'object' || object === null || Array.isArray(object))
    return 'not an object';
  return object as Record<string, unknown>;
}

const known: readonly string[] = ['key', 'value', 'base64', ...expiryNames];

/** What an object says about its expiry; undefined if nothing; a text is what is wrong with it. */
export function expiryIn(object: Record<string, unknown>): ExpiryFields | string | undefined {
  const fields: Partial<Record<keyof ExpiryFields, string>> = {};
  for (const name of expiryNames) {
    const member = object[name] ?? undefined;
    if (member === undefined) continue;
    if (typeof member !== 'string' && typeof member !== 'number') {
      return `"${name}" is neither a text nor a number`;
    }
    fields[name] = String(member);
  }
  return Object.keys(fields).length === 0 ? undefined : fields;
}

/** The names of an object's members that records do not have. */
export function unknownIn(object: object): readonly string[] {
  return Object.keys(object).filter((name) => !known.includes(name));
}

/** The reason for rejecting a record with unknown members. */
export function unknownMember([name]: readonly string[]): string {
  return `unknown member ${quoted(name!)}`;
}

/** The reason for input that is not JSON. */
export const notJson = 'not JSON';

export const noKey = 'no "key"';

export const malformedBase64 = '"value" is not base64';

export function loneSurrogateIn(member: 'key' | 'value'): string {
  return `a lone surrogate in "${member}"`;
}

/** A known member that an object has twice; JSON.parse would silently take the last. */
function memberThereTwice(bytes: Buffer, start: number, end: number): string | undefined {
  const object = bytes.subarray(start, end);
  const mayBe = known.some((name) => {
    const first = object.indexOf(`"${name}"`);
    return first !== -1 && object.indexOf(`"${name}"`, first + 1) !== -1;
  });
  // A name may be spelled with escapes, which is rare.
  if (!mayBe && !object.includes('\\u')) return undefined;
  const names = [...membersOf(object)].map(({ name }) => name);
  return known.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
}

/** A member of an object, and where its value stands in the object. */
interface MemberPlace {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The members of an object, including repeated ones; `object` must be JSON. */
export function* membersOf(object: Buffer): Generator<MemberPlace> {
  let at = skipSpace(object, 0);
  if (object[at] !== OPEN_BRACE) return;
  do {
    const name = skipSpace(object, at + 1);
    if (object[name] !== QUOTE) return;
    const nameEnd = endOfValue(object, name);
    // After the colon.
    const start = skipSpace(object, skipSpace(object, nameEnd) + 1);
    const end = endOfValue(object, start);
    yield { name: JSON.parse(object.toString('utf8', name, nameEnd)) as string, start, end };
    at = skipSpace(object, end);
  } while (object[at] === COMMA);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
