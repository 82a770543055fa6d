/** The bytes of JSON that decoders look at one by one. */
import { BACKSLASH, CARRIAGE_RETURN, NEWLINE, QUOTE, SPACE, TAB } from '../bytes/ascii.js';

/** 1 for each byte that cannot stand unescaped in a JSON string: control bytes, `"` and `\`. */
export const isSpecial = new Uint8Array(256).fill(1, 0, 0x20);
isSpecial[QUOTE] = 1;
isSpecial[BACKSLASH] = 1;

export function isJsonSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === NEWLINE || byte === CARRIAGE_RETURN || byte === TAB;
}

/**
 * The position of the first byte from `at` on that is not white space; the end if there is none.
 */
export function skipSpace(bytes: Uint8Array, at: number): number {
  let index = at;
  while (isJsonSpace(bytes[index])) index++;
  return index;
}
