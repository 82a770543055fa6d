/** Chooses the order in which to write the records of a batch. */
import type { PackedRecords } from './record.js';

/** Records of one batch, at most: their numbers have to fit the low bits of a number. */
const RECORD_LIMIT = 2 ** 20;

/** Bytes of each key that are used, after the common prefix of all keys. */
const SORTED_BYTES = 4;

/**
 * The positions of the records, nearly in the order of their keys, so that each is written close to
 * the one before: LMDB then finds its pages in the processor's cache. Equal keys keep their order.
 */
export function loadOrder(records: PackedRecords): Uint32Array {
  const { count, bytes, places } = records;
  const common = commonLength(records);
  const marks = new Float64Array(count);
  for (let position = 0; position < count; position++) {
    const end = places[4 * position + 1]!;
    let at = places[4 * position]! + common;
    let mark = 0;
    for (let read = 0; read < SORTED_BYTES; read++, at++) {
      mark = mark * 256 + (at < end ? bytes[at]! : 0);
    }
    marks[position] = mark * RECORD_LIMIT + position;
  }
  return Uint32Array.from(marks.sort(), (mark) => mark % RECORD_LIMIT);
}

/** The length of the common prefix of all keys, in bytes. */
function commonLength({ count, bytes, places }: PackedRecords): number {
  const first = bytes.subarray(places[0], places[1]);
  let common = first.length;
  for (let position = 1; position < count && common > 0; position++) {
    const start = places[4 * position]!;
    common = Math.min(common, places[4 * position + 1]! - start);
    for (let at = 0; at < common; at++) if (bytes[start + at] !== first[at]) common = at;
  }
  return common;
}
