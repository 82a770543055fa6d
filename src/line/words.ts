/**
 * The words of a line, split as a POSIX shell splits them: spaces part, quotes and backslashes keep
 * together, `#` at the beginning of a word begins a comment. Nothing is expanded: `$` and `*` are
 * characters like any other. Scripts and the prompt share it.
 */

/** A word, and where it stands in the line. */
export interface Word {
  readonly kind: 'word';
  readonly text: string;
  /** Positions in UTF-16 units; `end` is behind the last. */
  readonly start: number;
  readonly end: number;
  /** Whether quotes in it vanish that were most likely meant as text: see unquoted-json.ts. */
  readonly losesQuotes?: true;
}

/**
 * What unquoted characters mean to a shell: `|`, a file in the place of a stream, and what has a
 * meaning there and none here, as `2>&1`, `;` or `$(`.
 */
export interface Operator {
  readonly kind: 'operator';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export type Token = Word | Operator;

export interface SplitLine {
  readonly tokens: readonly Token[];
  /** What is still open at the end, so that the line goes on in the next; else undefined. */
  readonly open: "'" | '"' | "$'" | '\\' | undefined;
}

/** Most words: nothing in them means anything. */
const plain = /[^ \t\r\n\v\f'"\\|<>&;`$]+/y;
const blank = /[ \t\r\n\v\f]+/y;
const operator = /<<<|<<-?|<[>&(]?|>>|>[>&|(]?|&>>|&[>&]?|\|[|&]?|;;?|`|\$\(/y;

/** A word of these characters alone needs no quotes. */
const harmless = /^[\w%+,./:=@-]+$/;

/** What must not stand in a line as it is: controls, and what reorders or ends a line. */
export const unsafe = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
const unsafeOrQuote = new RegExp(`[\\\\']|${unsafe.source}`, 'gu');

/** Splits a line, which may hold newlines where a quote spans them. */
export function splitLine(line: string): SplitLine {
  const tokens: Token[] = [];
  let at = 0;
  while (at < line.length) {
    at = endOf(blank, line, at);
    if (at === line.length || line[at] === '#') break;
    const signEnd = endOf(operator, line, at);
    if (signEnd > at) {
      tokens.push({ kind: 'operator', text: line.slice(at, signEnd), start: at, end: signEnd });
      at = signEnd;
      continue;
    }
    const word = readWord(line, at);
    tokens.push({
      kind: 'word',
      text: word.text,
      start: at,
      end: word.end,
      ...(word.losesQuotes && { losesQuotes: true as const }),
    });
    if (word.open !== undefined) return { tokens, open: word.open };
    at = word.end;
  }
  return { tokens, open: undefined };
}

/** The word as it has to be written, so that `splitLine` gives it back; safe on a terminal. */
export function quoteWord(word: string): string {
  if (harmless.test(word)) return word;
  if (!unsafe.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  return `$'${word.replace(unsafeOrQuote, escapeOf)}'`;
}

interface Reading {
  readonly text: string;
  readonly end: number;
  readonly open: SplitLine['open'];
}

function readWord(line: string, start: number): Reading & { readonly losesQuotes: boolean } {
  let text = '';
  let at = start;
  let losesQuotes = false;
  for (;;) {
    const end = endOf(plain, line, at);
    const isBehindPlain = end > at;
    text += line.slice(at, end);
    at = end;
    const character = line[at];
    if (character === undefined || endOf(blank, line, at) > at || endOf(operator, line, at) > at)
      return { text, end: at, open: undefined, losesQuotes };
    const isQuote = character === '"' || character === "'";
    losesQuotes ||= isQuote && isBehindPlain && beginsAsJson(text);
    const part = readPart(line, at, character);
    text += part.text;
    at = part.end;
    if (part.open !== undefined) return { text, end: at, open: part.open, losesQuotes };
  }
}

/** Whether a word, or what follows its first `=`, begins as JSON does. */
function beginsAsJson(text: string): boolean {
  return /^(?:[^=]*=)?[{[]/.test(text);
}

/** Reads what begins with a quote, a backslash or a dollar sign. */
function readPart(line: string, at: number, first: string): Reading {
  switch (first) {
    case "'":
      return readSingle(line, at + 1);
    case '"':
      return readDouble(line, at + 1);
    case '\\':
      return readBackslash(line, at + 1);
    default:
      if (line[at + 1] === "'") return readEscaped(line, at + 2);
      return { text: '$', end: at + 1, open: undefined };
  }
}

function readSingle(line: string, from: number): Reading {
  const end = line.indexOf("'", from);
  if (end === -1) return { text: line.slice(from), end: line.length, open: "'" };
  return { text: line.slice(from, end), end: end + 1, open: undefined };
}

function readDouble(line: string, from: number): Reading {
  let text = '';
  for (let at = from; at < line.length; at++) {
    const character = line[at]!;
    if (character === '"') return { text, end: at + 1, open: undefined };
    const next = line[at + 1];
    if (character !== '\\' || next === undefined || !'"\\$`\n'.includes(next)) {
      text += character;
      continue;
    }
    if (next !== '\n') text += next;
    at++;
  }
  return { text, end: line.length, open: '"' };
}

/** A backslash before a newline joins two lines. */
function readBackslash(line: string, at: number): Reading {
  const character = line[at];
  if (character === undefined) return { text: '', end: at, open: '\\' };
  return { text: character === '\n' ? '' : character, end: at + 1, open: undefined };
}

/** `$'…'` with the escapes of bash, but that `\xHH` is a character, as `\u00HH` is. */
function readEscaped(line: string, from: number): Reading {
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
    if (next === undefined) break;
    text += named[next] ?? next;
    at += 2;
  }
  return { text, end: line.length, open: "$'" };
}

const numbered = /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})/y;

const named: Readonly<Record<string, string>> = {
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

/** Where what a pattern finds at a place ends; the place itself where it finds nothing. */
function endOf(pattern: RegExp, line: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(line) ? pattern.lastIndex : at;
}
