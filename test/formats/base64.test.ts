import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Base64Decoding, decodeBase64 } from '../../src/formats/bytes/base64.js';

describe('base64 text', () => {
  test('stands for the bytes that Node.js makes it of', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decoded(Buffer.from(bytes).toString('base64'))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test('is taken only as Node.js would write it', () => {
    const nearly = fc.string({
      unit: fc.constantFrom('A', 'Q', '/', '+', '=', '-', '_', ' '),
      maxLength: 9,
    });
    fc.assert(
      fc.property(nearly, (text) => {
        const isCanonical = Buffer.from(text, 'base64').toString('base64') === text;
        expect(decoded(text) !== undefined).toBe(isCanonical);
      }),
      { numRuns: 2000 },
    );
  });

  test('is decoded the same in pieces', () => {
    const pieces = fc.array(fc.string({ unit: fc.constantFrom('A', 'Q', 'g', '/', '=') }));
    fc.assert(
      fc.property(pieces, (texts) => {
        const decoding = new Base64Decoding();
        const parts = texts.map((text) => {
          const part = decoding.push(Buffer.from(text));
          return part && Buffer.from(part);
        });
        const isWhole = decoding.end() && !parts.includes(undefined);
        const whole = isWhole ? Buffer.concat(parts as Buffer[]) : undefined;
        expect(whole).toEqual(decoded(texts.join('')));
      }),
      { numRuns: 2000 },
    );
  });
});

function decoded(text: string): Buffer | undefined {
  const bytes = Buffer.from(text);
  const length = decodeBase64(bytes, 0, bytes.length, bytes, 0);
  return length === -1 ? undefined : bytes.subarray(0, length);
}
