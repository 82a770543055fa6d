/** Comparing stretches of bytes, as the order of keys does: bytewise, the shorter first where it begins the other. */

/** Bytes up to which a loop compares sooner than a call of Node's native part. */
const SHORT_BYTES = 64;

/** Negative where the first stretch comes first, zero where both are the same. */
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
