import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { lostQuotes } from '../../src/line/lost-quotes.js';
import { quoteWord } from '../../src/line/quotes.js';
import { splitLine } from '../../src/line/words.js';

const refusal = (line: string) => lostQuotes(line, splitLine(line).tokens);
const wordsOf = (line: string) => splitLine(line).tokens.map(({ text }) => text);

describe('a line that would lose quotes', () => {
  test.each([
    ['set j {"a":1}', `set j '{"a":1}'`],
    ['set j [1,"x"]', `set j '[1,"x"]'`],
    ['set j {"a": "b c"} --if-absent', `set j '{"a": "b c"}' --if-absent`],
    ['set j {"it":"it\'s"}', `set j '{"it":"it'\\''s"}'`],
    ['set j "{"a":1}"', `set j '{"a":1}'`],
    [`set j {'a':1}`, `set j '{'\\''a'\\'':1}'`],
    ['set-many a=1 j={"a":[]}', `set-many a=1 j='{"a":[]}'`],
    ['cas j --if-value={"a":1}', `cas j --if-value='{"a":1}'`],
    ['set j {"a":"}"}', `set j '{"a":"}"}'`],
    ['set j \\{"a":1}', `set j '{"a":1}'`],
    ['set-many j=\\["a"]', `set-many j='["a"]'`],
  ])('%j is refused, with the line to type', (line, instead) => {
    expect(refusal(line)).toMatchObject({ code: 'usage', hint: `try: ${instead}` });
    expect(refusal(instead)).toBeUndefined();
  });

  test.each([
    [`set k say"hi"`, 'set k sayhi', `set k 'say"hi"'`],
    [
      'copy user/"Ada L" --to-bucket="x y"',
      `copy 'user/Ada L' --to-bucket="x y"`,
      `copy 'user/"Ada L"' --to-bucket="x y"`,
    ],
    [`set k "a"b'c'`, 'set k abc', `set k '"a"b'\\''c'\\'''`],
    ['set k a\\ "b"', "set k 'a b'", `set k 'a\\ "b"'`],
    [`set k x=y="z"`, 'set k x=y=z', `set k 'x=y="z"'`],
  ])('%j is refused, with both lines that may be meant', (line, without, withQuotes) => {
    expect(refusal(line)).toMatchObject({
      code: 'usage',
      hint: `try: ${without}; or, with its quotes: ${withQuotes}`,
    });
    expect(refusal(without)).toBeUndefined();
    expect(refusal(withQuotes)).toBeUndefined();
  });

  it('has an apostrophe: it is refused, with the word in quotes', () => {
    const instead = `set a 'it'\\''s' fine`;
    expect(refusal("set a it's fine")).toMatchObject({ code: 'usage', hint: `try: ${instead}` });
    expect(refusal(instead)).toBeUndefined();
  });

  test.each(['set j {"a', 'set j {"a":1', `set j {"a":"${'x'.repeat(300)}"}`])(
    '%j is refused, with a word of advice',
    (line) => {
      expect(refusal(line)).toMatchObject({ code: 'usage', hint: expect.stringMatching('quotes') });
    },
  );

  test.each([
    `set j '{"a":1}'`,
    'set j {\\"a\\":1}',
    `set j '{"name":"O'\\''Brien"}'`,
    `set j $'{"a":1}'`,
    `set j "{\\"a\\":1}"`,
    'set j {a:1}',
    'set-many a="b c" d=\'e\'',
    'copy "user/Ada L" --to-bucket="x y"',
    `set k "a"'c'`,
    `set k 'it'\\''s'`,
    'set j {} []',
    'set j # {"a":1}',
  ])('%j is taken as in a shell', (line) => {
    expect(refusal(line)).toBeUndefined();
  });

  it('is never stored as something else: it is refused, or what was typed', () => {
    const json = fc
      .jsonValue({ noUnicodeString: false })
      .filter((value) => value instanceof Object);
    fc.assert(
      fc.property(json, (value) => {
        const text = JSON.stringify(value);
        const line = `set j ${text}`;
        const error = refusal(line);
        if (error === undefined) {
          expect(wordsOf(line)).toEqual(['set', 'j', text]);
        } else if (error.hint?.startsWith('try: ')) {
          expect(wordsOf(error.hint.slice('try: '.length))).toEqual(['set', 'j', text]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

it('words put together of parts are what they are to bash', () => {
  const plain = fc.string({ unit: fc.constantFrom(...'ab=:,/.-_%+@1'), maxLength: 4 });
  const inside = fc.string({ unit: fc.constantFrom(...'a b={}[]:,|<>;&#'), maxLength: 6 });
  const part = fc.oneof(
    plain,
    inside.map((text) => `"${text}"`),
    inside.map((text) => `'${text}'`),
    inside.map(quoteWord),
  );
  const quoted = part.filter((text) => /^$|^['"$]/.test(text));
  const beginning = fc.oneof(
    plain.map((text) => `${text.replaceAll('=', '')}=`),
    fc.constant(''),
  );
  const word = fc
    .tuple(beginning, fc.array(quoted, { minLength: 1, maxLength: 5 }), plain)
    .map(([first, parts, last]) => first + parts.join('') + last);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), (words) => {
      const line = words.join(' ');
      expect(refusal(line)).toBeUndefined();
      const { stdout } = spawnSync('bash', ['-c', `printf '%s\\0' ${line}`]);
      // For no words at all, printf prints its format once.
      const expected = wordsOf(line).length === 0 ? [''] : wordsOf(line);
      expect(stdout.toString().split('\0').slice(0, -1)).toEqual(expected);
    }),
    { numRuns: 100 },
  );
});
