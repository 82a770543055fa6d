/** Writing bytes that stand as they are, as most do, without a call into native code. */

/**
 * Writes a stretch of bytes all of which are 1 in `isPlain`, and returns where it ends; -1 where one
 * is not. A `start` of -1, of a stretch before that could not be written, is answered with -1 too.
 */
export function writePlainBytes(
  bytes: Uint8Array,
  from: number,
  end: number,
  isPlain: Uint8Array,
  out: Uint8Array,
  start: number,
): number {
  if (start < 0) return -1;
  let to = start;
  for (let at = from; at < end; at++) {
    const byte = bytes[at]!;
    if (isPlain[byte] === 0) return -1;
    out[to++] = byte;
  }
  return to;
}

/** Writes bytes that are known to be plain; see `writePlainBytes`. */
export function writeLiteral(literal: Uint8Array, out: Uint8Array, start: number): number {
  if (start < 0) return -1;
  for (let at = 0; at < literal.length; at++) out[start + at] = literal[at]!;
  return start + literal.length;
}
