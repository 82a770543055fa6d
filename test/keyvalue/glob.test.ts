import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Glob } from '../../src/keyvalue/glob.js';
import { codeOf } from '../support/error-code.js';
import { expectLinear } from '../support/growth.js';

function matches(pattern: string, key: string): boolean {
  const bytes = Buffer.from(`<${key}>`);
  return new Glob(pattern).matches(bytes, 1, bytes.length - 1);
}

describe('a glob', () => {
  it.each([
    ['*', 'any/thing', true],
    ['*', '', true],
    ['a*', 'b', false],
    ['log/*.gz', 'log/a/b.gz', true],
    ['log/*.gz', 'log/a/b.gz.', false],
    ['?', 'é', true],
    ['?', '😀', true],
    ['??', '😀', false],
    ['[a-c]x', 'bx', true],
    ['[a-c]x', 'dx', false],
    ['[^a-c]x', 'dx', true],
    ['[!a-c]x', 'bx', false],
    ['[^é]', 'é', false],
    ['[à-ü]', 'é', true],
    ['[]a]', ']', true],
    ['[a-]', '-', true],
    ['[\\]-]', ']', true],
    ['[a\\-c]', 'b', false],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['\\[a]', '[a]', true],
    ['a**b', 'a--b', true],
    ['*a*b', 'aab', true],
    ['*ab', 'aab', true],
    ['*é?', 'ééx', true],
    ['', '', true],
    ['', 'a', false],
    ['a\0b', 'a\0b', true],
  ])('%j and %j: %s', (pattern, key, expected) => {
    expect(matches(pattern, key)).toBe(expected);
  });

  it('is what a regular expression says it is', () => {
    const part = fc.constantFrom('*', '?', 'a', 'b', 'é', '😀', '[ab]', '[^aé]', '[a-é]', '\\*');
    const asExpression: Readonly<Record<string, string>> = { '*': '.*', '?': '.' };
    const key = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀', '*', '\n'), maxLength: 7 });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), key, (parts, text) => {
        const source = parts.map((each) => asExpression[each] ?? each).join('');
        const expected = new RegExp(`^(?:${source})$`, 'su').test(text);
        expect(matches(parts.join(''), text)).toBe(expected);
        const { prefix } = new Glob(parts.join(''));
        if (expected) expect(text.startsWith(prefix)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['log/2026-*', 'log/2026-'],
    ['a\\*b?', 'a*b'],
    ['*', ''],
    ['whole', 'whole'],
  ])('%j begins with %j', (pattern, prefix) => {
    expect(new Glob(pattern).prefix).toBe(prefix);
  });

  it.each(['[', 'a[b', '[^', '[]', '\\', 'a\\'])('%j is none', (pattern) => {
    expect(codeOf(() => new Glob(pattern))).toBe('usage');
  });

  it('is read in time that grows with it', async () => {
    await expectLinear((size) => new Glob('ab'.repeat(size)), 500);
    await expectLinear((size) => new Glob('[a-z]*?\\*'.repeat(size)), 500);
  });

  it('takes no more than the product of both lengths', () => {
    const key = 'a'.repeat(1900);
    expect(matches(`${'*a'.repeat(300)}b`, key)).toBe(false);
  });
});
