import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  escapeKey,
  unescapeKey,
  visibleJson,
  visibleLine,
  visibleMessage,
  visibleText,
} from '../../src/terminal/visible.js';

/** Any text, with what is dangerous in it more often than chance would have it. */
const text = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(...'\\\n\r\t\0\x1b\x7f\x9b\u061c\u200e\u202e\u2028\u2029\u2069xu{}n0af'),
  ),
});

/** Said another way than in the source: by number. */
function isUnsafe(character: string): boolean {
  const code = character.codePointAt(0)!;
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0x9f) ||
    [0x61c, 0x200e, 0x200f, 0x2028, 0x2029].includes(code) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    (code >= 0xd800 && code <= 0xdfff)
  );
}

describe('visibleLine()', () => {
  it('returns ordinary text as it is', () => {
    expect(visibleLine('user:42/naïve 世界 😀')).toBe('user:42/naïve 世界 😀');
  });

  it('escapes controls, separators, directions and the backslash', () => {
    expect(visibleLine('a\nb\tc\rd\x1b[31m\x7f\x9b\\')).toBe(
      'a\\nb\\tc\\rd\\x1b[31m\\x7f\\x9b\\\\',
    );
    expect(visibleLine('\u202eevil\u2066\u2028\u061c')).toBe(
      '\\u{202e}evil\\u{2066}\\u{2028}\\u{061c}',
    );
    expect(visibleLine('\ud800')).toBe('\\u{d800}');
  });

  it('lets nothing unsafe through', () => {
    fc.assert(fc.property(text, (any) => ![...visibleLine(any)].some(isUnsafe)));
  });

  it('is undone by unescapeKey()', () => {
    fc.assert(fc.property(text, (any) => unescapeKey(visibleLine(any)) === any));
  });
});

describe('visibleMessage()', () => {
  it('lets nothing unsafe through, and backslashes as they are', () => {
    expect(visibleMessage('cannot get "a\\nb\x9b"')).toBe('cannot get "a\\nb\\x9b"');
    fc.assert(fc.property(text, (any) => ![...visibleMessage(any)].some(isUnsafe)));
  });
});

describe('visibleText()', () => {
  it('keeps newlines, tabs and backslashes', () => {
    expect(visibleText('a\tb\\n\r\n\x1b[0m')).toBe('a\tb\\n\\r\n\\x1b[0m');
  });

  it('lets nothing unsafe through but newlines and tabs', () => {
    fc.assert(
      fc.property(text, (any) => ![...visibleText(any).replace(/[\n\t]/g, '')].some(isUnsafe)),
    );
  });
});

describe('visibleJson()', () => {
  it('is JSON, with escapes of its own for what a terminal obeys', () => {
    expect(visibleJson({ key: 'a\x1b\x7f\u009b\u202e\u2028"' })).toBe(
      '{"key":"a\\u001b\\u007f\\u009b\\u202e\\u2028\\""}',
    );
    expect(visibleJson({ key: 'ünï 😀' })).toBe('{"key":"ünï 😀"}');
  });

  it('lets nothing unsafe through, and reads as what was written', () => {
    fc.assert(
      fc.property(text, (any) => {
        const json = visibleJson({ any });
        expect(JSON.parse(json)).toEqual({ any });
        expect([...json].some(isUnsafe)).toBe(false);
      }),
    );
  });
});

describe('escapeKey()', () => {
  it('escapes the backslash and C0, and nothing else', () => {
    expect(escapeKey('a\\b\nc\0d')).toBe('a\\\\b\\nc\\x00d');
    expect(escapeKey('\x7f\x9b\u202e\u2028')).toBe('\x7f\x9b\u202e\u2028');
  });

  it('gives one line, without C0, that unescapeKey() undoes', () => {
    fc.assert(
      fc.property(text, (key) => {
        const line = escapeKey(key);
        return unescapeKey(line) === key && ![...line].some((character) => character < ' ');
      }),
    );
  });
});

describe('unescapeKey()', () => {
  it('leaves what is no escape as it is', () => {
    expect(unescapeKey('C:\\dir \\x1 \\u{1} \\')).toBe('C:\\dir \\x1 \\u{1} \\');
  });
});
