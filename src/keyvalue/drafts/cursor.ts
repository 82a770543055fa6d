/**
 * Cursors of listings. A page begins behind a key and not at a place in a list, so that writes beside it
 * move nothing.
 */
import { KvError } from '../../errors.js';
import { KEY_LIMIT_BYTES } from '../../store/record.js';
import type { Rules } from './rules.js';

/** How a draft's cursors stand for the last key of a page. Both throw `invalid-cursor`. */
export interface Cursors<Cursor> {
  of(bucket: string, key: string): Cursor;
  keyOf(bucket: string, cursor: Cursor): string;
}

/** Digits of a sum in hexadecimal, and the longest cursor. */
const SUM_DIGITS = 8;
const CURSOR_LIMIT = SUM_DIGITS + 2 * KEY_LIMIT_BYTES;

/** A text that holds the key, and a sum of the bucket's name and the key: it lasts as they do. */
export const textCursors: Cursors<string> = {
  of: (bucket, key) => `${sumOf(bucket, key)}${Buffer.from(key).toString('base64url')}`,

  keyOf(bucket, cursor) {
    if (cursor.length > CURSOR_LIMIT) throw noCursor();
    const key = Buffer.from(cursor.slice(SUM_DIGITS), 'base64url').toString();
    if (key === '' || textCursors.of(bucket, key) !== cursor) throw noCursor();
    return key;
  },
};

/** FNV-1a: zlib's CRC-32 would cost each start of kv 3 ms. */
function sumOf(bucket: string, key: string): string {
  let sum = 0x811c9dc5;
  for (const byte of Buffer.from(`${bucket}\0${key}`)) sum = Math.imul(sum ^ byte, 0x01000193);
  return (sum >>> 0).toString(16).padStart(SUM_DIGITS, '0');
}

/** Cursors that are remembered; before that one, the oldest is forgotten. */
const REMEMBERED = 1000;

/** What one of them counts as, beside its characters. */
const CURSOR_BYTES = 256;

/** A number has no room for a key: the keys of the last cursors are remembered. */
export class NumberedCursors implements Cursors<bigint> {
  readonly #rules: Rules;
  readonly #places = new Map<bigint, string>();
  readonly #cursors = new Map<string, bigint>();
  /** No small number, and not that of another run: what is no cursor is not to be taken for one. */
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

/** No name of a bucket has a control character. */
function placeOf(bucket: string, key: string): string {
  return `${bucket}\0${key}`;
}

function weightOf(place: string): number {
  return CURSOR_BYTES + 2 * place.length;
}

function noCursor(): KvError {
  return new KvError('invalid-cursor', 'cannot list keys: that is no cursor of this bucket');
}
