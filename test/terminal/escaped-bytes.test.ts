import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapedBytes } from '../../src/terminal/escaped-bytes.js';
import { escapeKey } from '../../src/terminal/visible.js';

const text = (...pieces: Uint8Array[]) => [...escapedBytes(pieces, escapeKey)].join('');

/** Reads the escapes back into bytes. */
function bytesOf(escaped: string): Buffer {
  const pieces = escaped.split(/(\\\\|\\x[0-9a-f]{2}|\\[ntr])/).map((piece) => {
    if (piece === '\\\\') return Buffer.from('\\');
    if (piece.startsWith('\\x')) return Buffer.from(piece.slice(2), 'hex');
    if (piece.startsWith('\\')) return Buffer.from(JSON.parse(`"${piece}"`));
    return Buffer.from(piece);
  });
  return Buffer.concat(pieces);
}

describe('bytes as text', () => {
  it('keep what is UTF-8, and show each other byte', () => {
    expect(text(Buffer.from('a\xffb\xfec', 'latin1'))).toBe('a\\xffb\\xfec');
    expect(text(Buffer.from('é\n\\€𝄞'))).toBe('é\\n\\\\€𝄞');
    expect(text(Buffer.from('abc\xe2\x80', 'latin1'))).toBe('abc\\xe2\\x80');
  });

  it('can be read back, wherever the pieces are cut', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc.string({ unit: 'binary' }).map((one) => Uint8Array.from(Buffer.from(one))),
    );
    fc.assert(
      fc.property(bytes, fc.nat(30), fc.nat(30), (whole, one, other) => {
        const [first, second] = [Math.min(one, other), Math.max(one, other)];
        const pieces = [whole.slice(0, first), whole.slice(first, second), whole.slice(second)];
        expect(text(...pieces)).toBe(text(whole));
        expect(bytesOf(text(whole))).toEqual(Buffer.from(whole));
      }),
      { numRuns: 500 },
    );
  });
});
