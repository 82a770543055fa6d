import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isText } from '../../src/terminal/is-text.js';

const whole = { begun: false, goesOn: false };
const head = { begun: false, goesOn: true };
const tail = { begun: true, goesOn: false };

it('a whole value that begins or ends inside a character is binary, and a part is not', () => {
  const text = Buffer.from('naïve 😀');
  for (let cut = 1; cut < 4; cut++) {
    const cutAtEnd = text.subarray(0, text.length - cut);
    expect([isText(cutAtEnd, whole), isText(cutAtEnd, head)]).toEqual([false, true]);
    const cutAtStart = Buffer.from('😀 naïve').subarray(cut);
    expect([isText(cutAtStart, whole), isText(cutAtStart, tail)]).toEqual([false, true]);
  }
  expect(isText(Buffer.from('80808080', 'hex'), tail)).toBe(false);
});

it('text in any language is text', () => {
  for (const text of ['', 'plain\r\n\tlines\n', 'naïve 世界 😀', '\x1b[31mred\x1b[0m', 'b\bold']) {
    expect(isText(Buffer.from(text), whole)).toBe(true);
  }
});

it('control bytes that no text holds make bytes binary', () => {
  for (const byte of [0x00, 0x01, 0x0b, 0x0e, 0x1f, 0x7f]) {
    expect(isText(Buffer.from([0x61, byte, 0x61]), whole)).toBe(false);
  }
});

it('what is not UTF-8 is binary', () => {
  for (const hex of [
    'ff',
    '80',
    'c0',
    'c080',
    'e08080',
    'eda080',
    'f4908080',
    'f5',
    '61e4',
    'c361',
  ]) {
    const bytes = Buffer.from(hex, 'hex');
    expect({ hex, text: isText(bytes, head) }).toEqual({ hex, text: hex === '61e4' });
  }
});

it('a character cut at the end is text, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(3), (text, cut) => {
      const bytes = Buffer.from(text.replace(/[\p{Cc}\p{Cs}]/gu, '.'));
      return isText(bytes.subarray(0, Math.max(0, bytes.length - cut)), head);
    }),
  );
});

it('agrees with a streaming decoder', () => {
  const byte = fc.oneof(
    fc.integer({ min: 0x80, max: 0xff }),
    fc.constantFrom(0x61, 0xe0, 0xed, 0xf0, 0xf4),
  );
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 6 }),
      fc.array(byte, { maxLength: 4 }),
      (first, tail) => {
        const bytes = Uint8Array.from([
          ...first.map((value) => Math.max(value, 0x20)),
          ...tail,
        ]).filter((value) => value !== 0x7f);
        return isText(bytes, head) === decodes(bytes);
      },
    ),
    { numRuns: 2000 },
  );
});

function decodes(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
