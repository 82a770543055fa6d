/**
 * Cursors of listings. A page begins after a key and not at an index, so that concurrent writes do
 * not shift it.
 */
import { KvError } from '../../errors.js';
import { fnv1a } from '../../store/fnv1a.js';
import { KEY_LIMIT_BYTES } from '../../store/record.js';
import type { Rules } from './rules.js';

/**
 * How a draft's cursors represent the last key of a page. Both functions throw `invalid-cursor`.
 */
export interface Cursors<Cursor> {
  of(bucket: string, key: string): Cursor;
  keyOf(bucket: string, cursor: Cursor): string;
}

/** Hexadecimal digits of a checksum, and characters of the longest cursor. */
const SUM_DIGITS = 8;
const CURSOR_LIMIT = SUM_DIGITS + 2 * KEY_LIMIT_BYTES;

/** A text with the key, and a checksum of the bucket's name and the key: it never expires. */
export const textCursors: Cursors<string> = {
  of: (bucket, key) => `${sumOf(bucket, key)}${Buffer.from(key).toString('base64url')}`,

  keyOf(bucket, cursor) {
    if (cursor.length > CURSOR_LIMIT) throw noCursor();
    const key = Buffer.from(cursor.slice(SUM_DIGITS), 'base64url').toString();
    if (key === '' || textCursors.of(bucket, key) !== cursor) throw noCursor();
    return key;
  },
};

function sumOf(bucket: string, key: string): string {
  const sum = fnv1a(Buffer.from(`${bucket}\0${key}`));
  return sum.toString(16).padStart(SUM_DIGITS, '0');
}

/** The most cursors that are remembered; then the oldest is forgotten. */
const REMEMBERED = 1000;

/** Bytes that a cursor counts as, besides its characters. */
const CURSOR_BYTES = 256;

/** A number has no room for a key, so the keys of the last cursors are remembered. */
export class NumberedCursors implements Cursors<bigint> {
  readonly #rules: Rules;
  readonly #places = new Map<bigint, string>();
  readonly #cursors = new Map<string, bigint>();
  /** Not a small number, nor one of another run, so that a wrong cursor is not mistaken for one. */
  #next = BigInt(Math.floor(Math.random() * 2 ** 52)) << 10n;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  of(bucket: string, key: string): bigint {
    const place = placeOf(bucket, key);
    const known = this.#cursors.get(place);
    if (known !== undefined) return known;
    for (const [oldest, at] of this.#places) {
      if (this.#places.size < REMEMBERED) break;
      this.#places.delete(oldest);
      this.#cursors.delete(at);
      this.#rules.keep(-weightOf(at));
    }
    this.#rules.keep(weightOf(place));
    const cursor = this.#next++;
    this.#places.set(cursor, place);
    this.#cursors.set(place, cursor);
    return cursor;
  }

  keyOf(bucket: string, cursor: bigint): string {
    const place = this.#places.get(cursor);
    const before = placeOf(bucket, '');
    if (!place?.startsWith(before)) throw noCursor();
    return place.slice(before.length);
  }
}

/** No bucket's name contains a control character. */
function placeOf(bucket: string, key: string): string {
  return `${bucket}\0${key}`;
}

function weightOf(place: string): number {
  return CURSOR_BYTES + 2 * place.length;
}

function noCursor(): KvError {
  return new KvError('invalid-cursor', 'cannot list keys: that is no cursor of this bucket');
}
