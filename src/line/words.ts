/**
 * The words of a line, split as a POSIX shell splits them: spaces part, quotes and backslashes keep
 * together, `#` at the beginning of a word begins a comment. Nothing is expanded: `$` and `*` are
 * characters like any other. Scripts and the prompt share it.
 */
import { unsafe } from '../terminal/visible.js';

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
/** What parts words: blanks, and backslashes that join lines. */
const gap = /(?:[ \t\r\n\v\f]|\\\n)+/y;
const operator = /<<<|<<-?|<[>&(]?|>>|>[>&|(]?|&>>|&[>&]?|\|[|&]?|;;?|`|\$\(/y;

/** A word of these characters alone needs no quotes. */
const harmless = /^[\w%+,./:=@-]+$/;

const unsafeOrQuote = new RegExp(`[\\\\']|${unsafe.source}`, 'gu');

/** Splits a line, which may hold newlines where a quote spans them. */
export function splitLine(line: string): SplitLine {
  const splitter = new LineSplitter();
  splitter.push(line);
  return splitter;
}

/**
 * Splits a line that comes in pieces, cut before a newline: each piece is looked at once, however
 * many a quote or backslashes join.
 */
export class LineSplitter implements SplitLine {
  readonly tokens: Token[] = [];
  open: SplitLine['open'];
  /** Whether a word does; see `Word.losesQuotes`. */
  losesQuotes = false;
  /** The last word, which the pieces so far may end within, and how it begins. */
  #word: { -readonly [Member in keyof Word]: Word[Member] } | undefined;
  #beginning = '';
  /** A backslash whose character is in the next piece. */
  #rest = '';
  /** UTF-16 units of the pieces so far. */
  #length = 0;

  /** Takes the next piece; there may be one as long as something is `open`. */
  push(piece: string): void {
    const text = this.#rest + piece;
    const offset = this.#length - this.#rest.length;
    this.#length = offset + text.length;
    this.#rest = '';
    let at = this.open === undefined ? 0 : this.#goOn(text, offset, this.open);
    while (this.open === undefined && at < text.length) {
      at = endOf(gap, text, at);
      if (at === text.length || text[at] === '#') return;
      const start = offset + at;
      const signEnd = endOf(operator, text, at);
      if (signEnd > at) {
        const sign = text.slice(at, signEnd);
        this.tokens.push({ kind: 'operator', text: sign, start, end: offset + signEnd });
        at = signEnd;
      } else {
        this.#word = { kind: 'word', text: '', start, end: start };
        this.#beginning = '';
        this.tokens.push(this.#word);
        at = this.#readWord(text, offset, at);
      }
    }
  }

  /** Goes on with the word that the last piece ended within. */
  #goOn(text: string, offset: number, open: NonNullable<SplitLine['open']>): number {
    if (open !== '\\') {
      const at = this.#take(readQuoted(text, 0, open), text, offset);
      return this.open === undefined ? this.#readWord(text, offset, at) : at;
    }
    this.open = undefined;
    const { start, end } = this.#word!;
    if (end - start > 1) return this.#readWord(text, offset, 0);
    // A backslash by itself is no word: two lines are joined between words.
    this.tokens.pop();
    return 0;
  }

  #readWord(text: string, offset: number, from: number): number {
    let at = from;
    while (this.open === undefined) {
      const end = endOf(plain, text, at);
      const isBehindPlain = end > at;
      if (isBehindPlain)
        at = this.#take({ text: text.slice(at, end), end, open: undefined }, text, offset);
      const character = text[at];
      if (character === undefined || endOf(blank, text, at) > at || endOf(operator, text, at) > at)
        break;
      const isQuote = character === '"' || character === "'";
      if (isQuote && isBehindPlain && beginsAsJson(this.#beginning)) {
        this.#word!.losesQuotes = true;
        this.losesQuotes = true;
      }
      at = this.#take(readPart(text, at, character), text, offset);
    }
    return at;
  }

  /** Adds a part to the word, and returns where it ends. */
  #take({ text, end, open }: WordPart, piece: string, offset: number): number {
    const word = this.#word!;
    word.text += text;
    word.end = offset + (open === undefined ? end : piece.length);
    if (this.#beginning.length < BEGINNING_UNITS) {
      this.#beginning += text.slice(0, BEGINNING_UNITS - this.#beginning.length);
    }
    this.open = open;
    if (open !== undefined) this.#rest = piece.slice(end);
    return end;
  }
}

/** The word as it has to be written, so that `splitLine` gives it back; safe on a terminal. */
export function quoteWord(word: string): string {
  if (harmless.test(word)) return word;
  if (word.search(unsafe) < 0) return `'${word.replaceAll("'", "'\\''")}'`;
  return `$'${word.replace(unsafeOrQuote, escapeOf)}'`;
}

interface WordPart {
  readonly text: string;
  /** Where it stopped: before a backslash that ends the line, where something is open. */
  readonly end: number;
  readonly open: SplitLine['open'];
}

/** How much of a word's beginning may tell whether it is JSON: more than a key can have. */
const BEGINNING_UNITS = 2048;

/** Whether a word, or what follows its first `=`, begins as JSON does. */
function beginsAsJson(text: string): boolean {
  return /^(?:[^=]*=)?[{[]/.test(text);
}

/** Reads what begins with a quote, a backslash or a dollar sign. */
function readPart(line: string, at: number, first: string): WordPart {
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

/** Reads what is within quotes, up to and with the closing one. */
function readQuoted(line: string, from: number, open: "'" | '"' | "$'"): WordPart {
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
  let text = '';
  for (let at = from; at < line.length; at++) {
    const character = line[at]!;
    if (character === '"') return { text, end: at + 1, open: undefined };
    const next = line[at + 1];
    if (character === '\\' && next === undefined) return { text, end: at, open: '"' };
    if (character !== '\\' || !'"\\$`\n'.includes(next!)) {
      text += character;
      continue;
    }
    if (next !== '\n') text += next;
    at++;
  }
  return { text, end: line.length, open: '"' };
}

/** A backslash before a newline joins two lines. */
function readBackslash(line: string, at: number): WordPart {
  const character = line[at];
  if (character === undefined) return { text: '', end: at - 1, open: '\\' };
  return { text: character === '\n' ? '' : character, end: at + 1, open: undefined };
}

/** `$'…'` with the escapes of bash, but that `\xHH` is a character, as `\u00HH` is. */
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
