/** The bytes that JSON is made of, as far as a decoder looks at them one by one. */

export const NEWLINE = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;

/** 1 for each byte that is not itself within a JSON string: control bytes, `"` and `\`. */
export const isSpecial = new Uint8Array(256).fill(1, 0, 0x20);
isSpecial[QUOTE] = 1;
isSpecial[BACKSLASH] = 1;

export function isJsonSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === NEWLINE || byte === CARRIAGE_RETURN || byte === 0x09;
}
