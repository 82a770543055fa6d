/** Sorts the keys of a batch exactly. */
import { compareStretches } from './compare-stretches.js';
import type { PackedRecords } from './record.js';

/**
 * The most steps that moving a record to its place may take on average: beyond that, the order was
 * not nearly right, and sorting anew is faster.
 */
const STEPS = 16;

/**
 * Sorts positions that are nearly in key order: bytewise, equal keys in the order of their
 * positions. Returns them.
 */
export function putInKeyOrder(order: Uint32Array, records: PackedRecords): Uint32Array {
  let steps = STEPS * order.length;
  for (let index = 1; index < order.length; index++) {
    const position = order[index]!;
    let place = index;
    while (place > 0 && isBehind(records, order[place - 1]!, position)) {
      order[place] = order[place - 1]!;
      place--;
      if (--steps === 0) {
        order[place] = position;
        return order.sort((a, b) => compareRecords(records, a, b) || a - b);
      }
    }
    order[place] = position;
  }
  return order;
}

function isBehind(records: PackedRecords, a: number, b: number): boolean {
  return (compareRecords(records, a, b) || a - b) > 0;
}

/**
 * Compares the keys at two positions bytewise; negative if the first comes first, zero if they are
 * equal.
 */
export function compareRecords({ bytes, places }: PackedRecords, a: number, b: number): number {
  return compareStretches(
    bytes,
    places[4 * a]!,
    places[4 * a + 1]!,
    bytes,
    places[4 * b]!,
    places[4 * b + 1]!,
  );
}
