/** The sum of a record: what it tells apart, and that the bytes it is taken of may lie anywhere. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordSum, viewOf } from '../../src/store/lmdb/checksum.js';

const bytes = (minLength: number) => fc.uint8Array({ minLength, maxLength: 70 });

describe('the sum of a record', () => {
  test('is the same wherever key and record lie', () => {
    fc.assert(
      fc.property(bytes(0), bytes(8), fc.nat(9), fc.nat(9), (key, record, before, between) => {
        const together = Buffer.alloc(before + key.length + between + record.length, 'x');
        together.set(key, before);
        together.set(record, before + key.length + between);
        const view = viewOf(together);
        const start = before + key.length + between;
        const sum = recordSum(3, view, before, before + key.length, view, start, together.length);
        expect(sum).toBe(sumOf(3, key, record));
      }),
    );
  });

  test('is another where any bit is, of key, record or seed', () => {
    for (let length = 0; length < 20; length++) {
      const key = Buffer.alloc(length, 'key');
      const record = Buffer.alloc(8 + length, 'a value');
      const sum = sumOf(1, key, record);
      expect(sumOf(2, key, record)).not.toBe(sum);
      for (const part of [key, record]) {
        for (let bit = 0; bit < 8 * part.length; bit++) {
          part[bit >> 3]! ^= 1 << (bit & 7);
          expect(sumOf(1, key, record)).not.toBe(sum);
          part[bit >> 3]! ^= 1 << (bit & 7);
        }
      }
    }
  });

  test('is another where bytes go from the key to the record', () => {
    const all = Buffer.alloc(40, 'abcdefg');
    const sums = Array.from({ length: 30 }, (_, end) =>
      sumOf(1, all.subarray(0, end), all.subarray(end)),
    );
    expect(new Set(sums).size).toBe(sums.length);
  });
});

function sumOf(seed: number, key: Uint8Array, record: Uint8Array): number {
  return recordSum(seed, viewOf(key), 0, key.length, viewOf(record), 0, record.length);
}
