/** Compares ranges of bytes in the order of keys: bytewise, a prefix before what it begins. */

/** Up to this many bytes, a loop is faster than a call into native code. */
const SHORT_BYTES = 64;

/** Negative if the first range comes first, zero if they are equal. */
export function compareStretches(
  a: Buffer,
  aStart: number,
  aEnd: number,
  b: Buffer,
  bStart: number,
  bEnd: number,
): number {
  const common = Math.min(aEnd - aStart, bEnd - bStart);
  if (common > SHORT_BYTES) return a.compare(b, bStart, bEnd, aStart, aEnd);
  for (let at = 0; at < common; at++) {
    const difference = a[aStart + at]! - b[bStart + at]!;
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}
