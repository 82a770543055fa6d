import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoteWord } from '../../src/line/quotes.js';
import { LineSplitter, splitLine } from '../../src/line/words.js';

const wordsOf = (line: string) => splitLine(line).tokens.map(({ text }) => text);

/** Any text that can be a word: of well-formed characters, the nasty ones often. */
const nasty = fc.constantFrom(...' \t\n\r\'"\\$#|<>&;*~!`\0\x1b\x7f\u202e\u2028é𝄞');
const word = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.oneof(nasty, fc.string({ maxLength: 2 }))).map((parts) => parts.join('')),
);

describe('a line', () => {
  test('has the same words where it comes in pieces, cut before newlines', () => {
    const parts = fc.constantFrom('\n', '\\', "'", '"', '$', ' ', 'a', '#', '|', 'x41', '\r');
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 20 }), (some) => {
        const [first, ...rest] = some.join('').split('\n');
        const splitter = new LineSplitter();
        splitter.push(first!);
        let text = first!;
        for (const line of rest) {
          if (splitter.open === undefined) break;
          splitter.push(`\n${line}`);
          text += `\n${line}`;
        }
        const { tokens, open } = splitLine(text);
        expect([splitter.tokens, splitter.open]).toEqual([tokens, open]);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['set a 1', ['set', 'a', '1']],
    ['  set\ta   1  ', ['set', 'a', '1']],
    ['set a "b c"', ['set', 'a', 'b c']],
    [`set 'a"b' "it's"`, ['set', 'a"b', "it's"]],
    ['a"b"c\'d\'e', ['abcde']],
    ["''", ['']],
    ['set a b\\ c', ['set', 'a', 'b c']],
    ['"a\\"b\\\\c\\d\\$e"', ['a"b\\c\\d$e']],
    [`'a\\b'`, ['a\\b']],
    [`$'a\\n\\t\\x41\\u00e9\\u{1d11e}\\'\\\\'`, ["a\n\tAé𝄞'\\"]],
    ['a$b $ $HOME *', ['a$b', '$', '$HOME', '*']],
    ['a\u00a0b\u3000c', ['a\u00a0b\u3000c']],
    ['set a 1 # and so on', ['set', 'a', '1']],
    ['# nothing', []],
    ['a#b', ['a#b']],
    ["a '#b'", ['a', '#b']],
    ['a\\\nb', ['ab']],
    ['a \\\n  b \\\n\\\nc\\\n', ['a', 'b', 'c']],
    ["a ''\\\n b", ['a', '', 'b']],
    ["'a\nb'", ['a\nb']],
    ['', []],
  ])('%j has its words', (line, words) => {
    expect(splitLine(line).open).toBeUndefined();
    expect(wordsOf(line)).toEqual(words);
  });

  test.each([
    ["set a 'b", "'"],
    ['set a "b', '"'],
    ['set a "b\\', '"'],
    ["set a $'b", "$'"],
    ['set a b\\', '\\'],
  ])('%j goes on in the next', (line, open) => {
    expect(splitLine(line).open).toBe(open);
  });

  test('has its operators where they are not quoted', () => {
    const { tokens } = splitLine("get k|jq '|' >>out<in \\> a>b");
    expect(tokens.map(({ kind, text }) => `${kind[0]}${text}`)).toEqual([
      'wget',
      'wk',
      'o|',
      'wjq',
      'w|',
      'o>>',
      'wout',
      'o<',
      'win',
      'w>',
      'wa',
      'o>',
      'wb',
    ]);
  });

  test('knows where each word stands', () => {
    const line = `get 'a b' c\\ d`;
    expect(splitLine(line).tokens.map(({ start, end }) => line.slice(start, end))).toEqual([
      'get',
      "'a b'",
      'c\\ d',
    ]);
  });
});

describe('any words', () => {
  test('come back from a line that they were quoted into', () => {
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const line = words.map(quoteWord).join(' ');
        expect(splitLine(line).open).toBeUndefined();
        expect(wordsOf(line)).toEqual(words);
      }),
      { numRuns: 2000 },
    );
  });

  test('have no control character when they are quoted', () => {
    fc.assert(
      fc.property(word, (text) => {
        expect(quoteWord(text)).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
      }),
      { numRuns: 2000 },
    );
  });

  test('are the same words to bash', () => {
    const shellWord = word.filter((text) => !text.includes('\0') && text.isWellFormed());
    fc.assert(
      fc.property(fc.array(shellWord, { minLength: 1 }), (words) => {
        // Bash has its own names for characters beyond ASCII that need an escape.
        const quoted = words.map(quoteWord).filter((one) => !/\\(u|x[89a-f])/.test(one));
        const script = `printf '%s\\0' ${quoted.join(' ')}`;
        if (quoted.length === 0) return;
        const { stdout } = spawnSync('bash', ['-c', script], { env: { LC_ALL: 'C.UTF-8' } });
        expect(stdout.toString().split('\0').slice(0, -1)).toEqual(
          quoted.flatMap((one) => wordsOf(one)),
        );
      }),
      { numRuns: 100 },
    );
  });
});
