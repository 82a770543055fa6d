/** The exact order of the keys of a batch. */
import { compareStretches } from './compare-stretches.js';
import type { PackedRecords } from './record.js';

/**
 * What putting one record into its place may take on average, in steps of one place: beyond that, the order
 * was not nearly right, and sorting anew is faster.
 */
const STEPS = 16;

/**
 * Puts positions that are nearly in the order of their keys into that order: bytewise, equal keys in the
 * order of their positions. Returns them.
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

/** Compares the keys at two positions, bytewise; negative where the first comes first, zero where they are the same. */
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
