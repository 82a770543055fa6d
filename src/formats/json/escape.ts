/** Escapes text for a JSON string. */
import { BACKSLASH, QUOTE } from '../bytes/ascii.js';
import { isSpecial } from './bytes.js';

/** Bytes of an escaped byte, at most. */
export const ESCAPED_BYTES = 6;

/** Escapes UTF-8, cut anywhere, into `out`, and returns where the result ends. */
export function escapeJson(bytes: Uint8Array, out: Uint8Array, outStart: number): number {
  let to = outStart;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (isSpecial[byte] === 0) out[to++] = byte;
    else to = writeEscape(byte, out, to);
  }
  return to;
}

function writeEscape(byte: number, out: Uint8Array, outStart: number): number {
  let to = outStart;
  out[to++] = BACKSLASH;
  const letter = byte === QUOTE || byte === BACKSLASH ? byte : shortEscapes[byte];
  if (letter !== undefined) {
    out[to++] = letter;
    return to;
  }
  for (const digit of `u${byte.toString(16).padStart(4, '0')}`) out[to++] = digit.charCodeAt(0);
  return to;
}

/** The letters after a backslash that stand for control characters. */
const shortEscapes: Readonly<Record<number, number>> = {
  8: 0x62,
  9: 0x74,
  10: 0x6e,
  12: 0x66,
  13: 0x72,
};
