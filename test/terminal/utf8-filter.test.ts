import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Utf8Filter } from '../../src/terminal/utf8-filter.js';

it('any text comes through whole, in whatever pieces it comes', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 5 }), (typed, size) => {
      const bytes = Buffer.from(typed);
      const check = new Utf8Filter();
      const taken: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        const pieces = check.take(bytes.subarray(at, at + size));
        expect(pieces).toHaveLength(1);
        taken.push(...pieces);
      }
      expect(check.isWaiting).toBe(false);
      expect(Buffer.concat(taken).toString()).toBe(typed);
    }),
  );
});

it('of any bytes, UTF-8 comes through, and what is left out is told', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...Buffer.from('aé𝄞')), fc.nat(255))), (list) => {
      const bytes = Buffer.from(list);
      const check = new Utf8Filter();
      const pieces = check.take(bytes);
      for (const piece of pieces) expect(isUtf8(piece)).toBe(true);
      const isWhole = pieces.length === 1 && !check.isWaiting;
      expect(isWhole).toBe(isUtf8(bytes));
      if (isWhole) expect(Buffer.from(pieces[0]!)).toEqual(bytes);
    }),
    { numRuns: 2000 },
  );
});

it.each([
  ['61e962', ['61', '62']],
  ['e961', ['', '61']],
  ['61ff', ['61', '']],
  ['eda080', ['', '', '', '']],
  ['c080', ['', '', '']],
])('%s is %j', (hex, pieces) => {
  const taken = new Utf8Filter().take(Buffer.from(hex, 'hex'));
  expect(taken.map((piece) => Buffer.from(piece).toString('hex'))).toEqual(pieces);
});
