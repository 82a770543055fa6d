/** A leaf that has been checked, with the range of its keys. */
import type { KeyText } from '../file/known-branch.js';

/** Whether those beside it have been looked at as well. */
export interface SeenLeaf {
  readonly lower: KeyText;
  /** Undefined: no upper bound. */
  readonly upper: KeyText | undefined;
  readonly hasNeighbours: boolean;
}

/** Whether a key belongs on a leaf. */
export function isOn(
  { lower, upper }: SeenLeaf,
  key: Uint8Array,
  start: number,
  end: number,
): boolean {
  return (
    (lower === '' || compare(key, start, end, lower) >= 0) &&
    (upper === undefined || compare(key, start, end, upper) < 0)
  );
}

function compare(key: Uint8Array, start: number, end: number, text: KeyText): number {
  const { length } = text;
  let at = start;
  for (let place = 0; place < length && at < end; place++, at++) {
    const difference = key[at]! - text.charCodeAt(place);
    if (difference !== 0) return difference;
  }
  return end - start - length;
}
