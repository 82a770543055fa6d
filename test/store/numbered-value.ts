/** Values that tell a number, and can be told from any other bytes. */
import type { StoredValue } from '../../src/store/record.js';
import { patternedBytes } from '../support/patterned-bytes.js';

/** Some lie beside their key, some on pages of their own, some in chunks. */
const SIZES = [10, 200, 5000, 70_000, 300_000];

export function numberedValue(number: number): Buffer {
  const size = SIZES[number % SIZES.length]!;
  return Buffer.concat([Buffer.from(`${number}:`), patternedBytes(size, number % 251)]);
}

/** All bytes of a value, which is closed. */
export function bytesOf(value: StoredValue): Buffer {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < value.size; at += pieces.at(-1)!.length) {
    pieces.push(value.read(at, value.size - at));
  }
  value.close();
  return Buffer.concat(pieces);
}

/** The number of a value; throws for bytes that are none. */
export function numberOf(value: Uint8Array): number {
  const number = Number.parseInt(Buffer.from(value.subarray(0, 20)).toString('latin1'), 10);
  if (numberedValue(number).equals(value)) return number;
  throw new Error(`${value.length} bytes are not the value of ${number}`);
}
