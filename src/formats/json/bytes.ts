/** The bytes that JSON is made of, as far as a decoder looks at them one by one. */
import { BACKSLASH, CARRIAGE_RETURN, NEWLINE, QUOTE, SPACE, TAB } from '../bytes/ascii.js';

/** 1 for each byte that is not itself within a JSON string: control bytes, `"` and ``. */
export const isSpecial = new Uint8Array(256).fill(1, 0, 0x20);
isSpecial[QUOTE] = 1;
isSpecial[BACKSLASH] = 1;

export function isJsonSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === NEWLINE || byte === CARRIAGE_RETURN || byte === TAB;
}

/** The place of the first byte from `at` on that is no space; the end where all are. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  let index = at;
  while (isJsonSpace(bytes[index])) index++;
  return index;
}
