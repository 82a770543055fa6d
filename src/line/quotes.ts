/** Quotes and backslashes in a line: reading quoted text, and quoting a word. */
import { unsafe } from '../terminal/visible.js';

/** What may be open at the end of a line, which then continues on the next. */
export type Open = "'" | '"' | "$'" | '\\';

/** A part of a word that begins with a quote, a backslash or a dollar sign. */
export interface WordPart {
  readonly text: string;
  /** Where reading stopped: before a backslash at the end of the line, if one is open. */
  readonly end: number;
  readonly open: Open | undefined;
}

/** A word of these characters needs no quotes. */
const harmless = /^[\w%+,./:=@-]+$/;

const unsafeOrQuote = new RegExp(`[\\\\']|${unsafe.source}`, 'gu');

/** The word quoted so that `splitLine` returns it; safe on a terminal. */
export function quoteWord(word: string): string {
  if (harmless.test(word)) return word;
  if (word.search(unsafe) < 0) return `'${word.replaceAll("'", "'\\''")}'`;
  return `$'${word.replace(unsafeOrQuote, escapeOf)}'`;
}

/** Reads a part that begins with a quote, a backslash or a dollar sign. */
export function readPart(line: string, at: number, first: string): WordPart {
  switch (first) {
    case "'":
    case '"':
      return readQuoted(line, at + 1, first);
    case '\\':
      return readBackslash(line, at + 1);
    default:
      if (line[at + 1] === "'") return readQuoted(line, at + 2, "$'");
      return { text: '$', end: at + 1, open: undefined };
  }
}

/** Reads quoted text, up to and including the closing quote. */
export function readQuoted(line: string, from: number, open: "'" | '"' | "$'"): WordPart {
  switch (open) {
    case "'":
      return readSingle(line, from);
    case '"':
      return readDouble(line, from);
    case "$'":
      return readEscaped(line, from);
    default:
      return open satisfies never;
  }
}

function readSingle(line: string, from: number): WordPart {
  const end = line.indexOf("'", from);
  if (end === -1) return { text: line.slice(from), end: line.length, open: "'" };
  return { text: line.slice(from, end), end: end + 1, open: undefined };
}

function readDouble(line: string, from: number): WordPart {
  // Whole stretches: appending single characters to a long text costs more the longer it is.
  const stretches: string[] = [];
  let start = from;
  const textTo = (end: number) => stretches.join('') + line.slice(start, end);
  for (let at = from; at < line.length; at++) {
    const character = line[at]!;
    if (character === '"') return { text: textTo(at), end: at + 1, open: undefined };
    if (character !== '\\') continue;
    const next = line[at + 1];
    if (next === undefined) return { text: textTo(at), end: at, open: '"' };
    if (!'"\\$`\n'.includes(next)) continue;
    stretches.push(line.slice(start, at));
    at++;
    start = next === '\n' ? at + 1 : at;
  }
  return { text: textTo(line.length), end: line.length, open: '"' };
}

/** A backslash before a newline joins two lines. */
function readBackslash(line: string, at: number): WordPart {
  const character = line[at];
  if (character === undefined) return { text: '', end: at - 1, open: '\\' };
  return { text: character === '\n' ? '' : character, end: at + 1, open: undefined };
}

/** `$'…'` with the escapes of bash, except that `\xHH` is a character, like `\u00HH`. */
function readEscaped(line: string, from: number): WordPart {
  let text = '';
  for (let at = from; at < line.length; ) {
    const character = line[at]!;
    if (character === "'") return { text, end: at + 1, open: undefined };
    if (character !== '\\') {
      text += character;
      at++;
      continue;
    }
    numbered.lastIndex = at;
    const [whole, x, u, braced] = numbered.exec(line) ?? [];
    const code = x ?? u ?? braced;
    if (code !== undefined) {
      text += String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff));
      at += whole!.length;
      continue;
    }
    const next = line[at + 1];
    if (next === undefined) return { text, end: at, open: "$'" };
    text += namedEscapes[next] ?? next;
    at += 2;
  }
  return { text, end: line.length, open: "$'" };
}

const numbered = /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})/y;

/** The meaning of a letter after a backslash, in the quotes `$'…'` of a shell. */
export const namedEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  v: '\v',
};

function escapeOf(character: string): string {
  if (character === '\\' || character === "'") return `\\${character}`;
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  const code = character.codePointAt(0)!.toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
}
