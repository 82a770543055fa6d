/** Words that are typed in part and gone on with: what we make of them is what the shells read. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { continuedWord } from '../../../src/line/shells/continued-word.js';
import { assignments, readShellLine } from '../../../src/line/shells/shell-line.js';
import { readTypedWord, type TypedWord } from '../../../src/line/shells/typed-word.js';
import { unsafe } from '../../../src/terminal/visible.js';
import { hostile } from '../../support/odd-text.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const env = { HOME: '/home/me', DIR: '/a b' };

/** Text of what shells care for, and of what terminals do. */
const aText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...' \t\n\r\'"\\$`!~=#&|;<>()[]{}*?^%-/:,.@xub0147'),
    fc.constantFrom('$(', '\x1b', '\x7f', '\x9b', '\u202e', '\u2028', 'é', '\u{1f600}', '\u3000'),
    fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 1 })
      .filter((one) => !one.includes('\0')),
  ),
  minLength: 1,
  maxLength: 12,
});

const openings = ['', "'", '"', "$'"];

describe('continuedWord()', () => {
  test('gives a word that comes to the text, and is safe on a terminal', () => {
    fc.assert(
      fc.property(aText, fc.constantFrom(...openings), (text, opening) => {
        const word = continuedWord(typed(opening), text, false);
        expect(typed(word)).toMatchObject({ text, quotes: 'none', cut: '' });
        expect(word).not.toMatch(unsafe);
      }),
    );
  });

  test('goes on with a word wherever it was left', () => {
    fc.assert(
      fc.property(aText, fc.constantFrom(...openings), fc.nat(), (text, opening, left) => {
        const whole = continuedWord(typed(opening), text, false);
        const characters = [...whole];
        const cut = characters.slice(0, left % (characters.length + 1)).join('');
        // Alone it may be meant for itself as well.
        fc.pre(!cut.endsWith('$'));
        const start = typed(cut);
        expect(text.startsWith(start.text)).toBe(true);
        expect(typed(continuedWord(start, text, false)).text).toBe(text);
      }),
    );
  });

  test('leaves quotes open for what is to be gone on with', () => {
    expect(continuedWord(typed("'us"), 'user/', true)).toBe("'user/");
    expect(continuedWord(typed('"a '), 'a b/', true)).toBe('"a b/');
  });

  test.each([
    ['bash', ['--norc', '-s'], 'C.UTF-8'],
    ['bash', ['--norc', '-s'], 'C'],
    ['zsh', ['-f', '-s'], 'C.UTF-8'],
  ])('gives words that %s reads so: %j, in locale %s', (shell, args, locale) => {
    if (spawnSync(shell, ['--version']).status !== 0) return;
    const texts = [hostile, '~', '=ls', '-n', ...fc.sample(aText, 300)];
    const words = openings.flatMap((opening) =>
      texts.map((text) => continuedWord(typed(opening), text, false)),
    );
    const { stdout, stderr } = spawnSync(shell, args, {
      input: words.map((word) => `printf '%s\\0' ${word}\n`).join(''),
      env: { PATH: process.env.PATH, LC_ALL: locale },
      // A mistake may write files.
      cwd: temporaryFolder(),
    });
    expect(stderr.toString()).toBe('');
    expect(stdout.toString().split('\0').slice(0, -1)).toEqual(openings.flatMap(() => texts));
  });
});

describe('readTypedWord()', () => {
  test.each([
    ['a', 'a'],
    ['a\\ b', 'a b'],
    ["'a\\ b'c", 'a\\ bc'],
    ['"a\\"\\b$DIR"', 'a"\\b/a b'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's
    ['${DIR}/c', '/a b/c'],
    ['~', '/home/me'],
    ['~/x~', '/home/me/x~'],
    ["$'a\\n\\x41\\u00e9\\101\\e'", 'a\nAéA\x1b'],
    ["$'\\xc3\\xa9'", 'é'],
    ['a$', 'a$'],
    ['a\\', 'a'],
    ["$'a\\x1", 'a'],
    ["$'a\\xc3", 'a'],
  ])('of %s in bash is %j', (word, text) => {
    expect(readTypedWord('bash', word, env)?.text).toBe(text);
    expect(readTypedWord('zsh', word, env)?.text).toBe(text);
  });

  test.each([
    '$(ls)',
    '`ls`',
    '"`ls`"',
    '"$(ls)"',
    '$UNSET',
    '~root/x',
    'a b',
    'a;b',
    'a>b',
    '<(x)',
    '$((1))',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's
    '${DIR:=x}',
  ])('of %s is undefined: it would have to be run, or is more than a word', (word) => {
    expect(readTypedWord('bash', word, env)).toBeUndefined();
  });

  test.each([
    ['a\\ b', 'a b'],
    ["'it\\'s \\n'", "it's \\n"],
    ['"a\\$b`"', 'a$b`'],
    ['a\\n\\x41\\u00e9\\e', 'a\nAé\x1b'],
    ['\\~x', '~x'],
  ])('of %s in fish is %j', (word, text) => {
    expect(readTypedWord('fish', word, env)?.text).toBe(text);
  });
});

describe('readShellLine()', () => {
  test.each([
    ['kv get us', ['kv', 'get'], 'us'],
    ['kv  get ', ['kv', 'get'], ''],
    ["kv get 'a b' \"c d", ['kv', 'get', "'a b'"], '"c d'],
    ['kv get a\\ b c', ['kv', 'get', 'a\\ b'], 'c'],
    ["kv get $'a\\' b' c", ['kv', 'get', "$'a\\' b'"], 'c'],
    [
      'kv get "$(ls a b)" $(ls (a) b)x `ls a` ',
      ['kv', 'get', '"$(ls a b)"', '$(ls (a) b)x', '`ls a`'],
      '',
    ],
    ['kv get a > file 2> other <in b', ['kv', 'get', 'a'], 'b'],
    ['ls; kv get a && kv keys ', ['kv', 'keys'], ''],
    ['echo "$x;" $(kv get ', ['kv', 'get'], ''],
    ['kv get a\\', ['kv', 'get'], 'a\\'],
  ])('of %j in bash is %j and %j', (line, words, word) => {
    expect(readShellLine('bash', line)).toEqual({ words, word, isRedirected: false });
  });

  test('of quotes of fish, and of its substitutions, is what they are to fish', () => {
    const line = 'kv get \'it\\\'s\' (ls a b) "a\\" b" c';
    const words = ['kv', 'get', "'it\\'s'", '(ls a b)', '"a\\" b"'];
    expect(readShellLine('fish', line)).toEqual({ words, word: 'c', isRedirected: false });
  });

  test('knows the file of a redirection', () => {
    expect(readShellLine('bash', 'kv get a > fi')).toMatchObject({
      word: 'fi',
      isRedirected: true,
    });
    expect(readShellLine('bash', 'kv get a 2>')).toMatchObject({ word: '', isRedirected: true });
  });

  test('loses nothing of any line', () => {
    fc.assert(
      fc.property(aText, (text) => {
        const { words, word } = readShellLine('bash', `x ${text}`);
        for (const one of [...words, word]) expect(`x ${text}`).toContain(one);
      }),
    );
  });
});

test('assignments() are those before the command, where they can be known', () => {
  const line = "true; A='b c' D=~/e F=$DIR G=$(ls) kv H=i get ";
  expect(assignments('zsh', line, env)).toEqual({
    A: 'b c',
    D: '/home/me/e',
    F: '/a b',
    G: undefined,
  });
  expect(assignments('zsh', 'kv get ', env)).toEqual({});
});

function typed(word: string): TypedWord {
  const read = readTypedWord('bash', word, env);
  if (read === undefined) throw new Error(`${JSON.stringify(word)} cannot be read`);
  return read;
}
