import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Utf8Check } from '../../src/formats/bytes/utf8-check.js';

test('bytes in pieces are UTF-8 where the whole of them is', () => {
  const parts = fc.oneof(
    fc.constantFrom('', 'a', 'é', '€', '😀').map((text) => Buffer.from(text)),
    fc
      .constantFrom(0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xed, 0xa0, 0xf0, 0xf4, 0xff)
      .map((byte) => Buffer.from([byte])),
  );
  fc.assert(
    fc.property(fc.array(parts), fc.array(fc.nat(20)), (given, cuts) => {
      const bytes = Buffer.concat(given);
      const check = new Utf8Check();
      const ends = [...cuts.sort((a, b) => a - b), bytes.length];
      for (const [index, end] of ends.entries()) {
        const isBeginning = check.push(bytes.subarray(ends[index - 1] ?? 0, end));
        if (isUtf8(bytes)) expect(isBeginning).toBe(true);
      }
      expect(check.end()).toBe(isUtf8(bytes));
    }),
    { numRuns: 2000 },
  );
});
