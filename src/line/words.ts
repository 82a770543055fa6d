/**
 * Splits a line into words as a POSIX shell does: blanks separate, quotes and backslashes keep
 * together, `#` at the beginning of a word starts a comment. Nothing is expanded: `$` and `*` are
 * ordinary characters. Scripts and the prompt share it.
 */
import { type Open, readPart, readQuoted, type WordPart } from './quotes.js';

/** A word, and where it stands in the line. */
export interface Word {
  readonly kind: 'word';
  readonly text: string;
  /** Positions in UTF-16 units; `end` is behind the last. */
  readonly start: number;
  readonly end: number;
  /** Whether a quote opens inside the word, which the word would lose: see lost-quotes.ts. */
  readonly losesQuotes?: true;
}

/**
 * Unquoted characters that are special in a shell: `|`, a redirection, and those without a meaning
 * here, as `2>&1`, `;` or `$(`.
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
  /** The quote or backslash that is open at the end; undefined if the line is complete. */
  readonly open: Open | undefined;
}

/** Most words: nothing in them is special. */
const plain = /[^ \t\r\n\v\f'"\\|<>&;`$]+/y;
const blank = /[ \t\r\n\v\f]+/y;
/** Separators: blanks, and backslashes that join lines. */
const gap = /(?:[ \t\r\n\v\f]|\\\n)+/y;
const operator = /<<<|<<-?|<[>&(]?|>>!?|>[&|(!]?|&>>|&[>&]?|\|[|&]?|;;?|`|\$\(/y;

/** Splits a line, which may hold newlines where a quote spans them. */
export function splitLine(line: string): SplitLine {
  const splitter = new LineSplitter();
  splitter.push(line);
  return splitter;
}

/**
 * Splits a line that comes in pieces, cut before a newline: each piece is read once, however many a
 * quote or backslashes join.
 */
export class LineSplitter implements SplitLine {
  readonly tokens: Token[] = [];
  open: SplitLine['open'];
  /** Whether a word loses quotes; see `Word.losesQuotes`. */
  losesQuotes = false;
  /** The last word, which may continue in the next piece, and how it begins. */
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

  /** Continues the word that the last piece ended in. */
  #goOn(text: string, offset: number, open: NonNullable<SplitLine['open']>): number {
    if (open !== '\\') {
      const at = this.#take(readQuoted(text, 0, open), text, offset);
      return this.open === undefined ? this.#readWord(text, offset, at) : at;
    }
    this.open = undefined;
    const { start, end } = this.#word!;
    if (end - start > 1) return this.#readWord(text, offset, 0);
    // A lone backslash is not a word: it joins two lines between words.
    this.tokens.pop();
    return 0;
  }

  #readWord(text: string, offset: number, from: number): number {
    let at = from;
    // A quote after an escaped quote is the usual way to put one in quotes: 'it'\''s'.
    let isBehindEscaped = false;
    while (this.open === undefined) {
      const end = endOf(plain, text, at);
      const isBehindPlain = end > at || isBehindEscaped;
      if (end > at)
        at = this.#take({ text: text.slice(at, end), end, open: undefined }, text, offset);
      const character = text[at];
      if (character === undefined || endOf(blank, text, at) > at || endOf(operator, text, at) > at)
        break;
      const isQuote = character === '"' || character === "'";
      if (isQuote && isBehindPlain && !endsWithName(this.#beginning)) {
        this.#word!.losesQuotes = true;
        this.losesQuotes = true;
      }
      isBehindEscaped = character === '\\' && !/["']/.test(text[at + 1] ?? '"');
      at = this.#take(readPart(text, at, character), text, offset);
    }
    return at;
  }

  /** Appends a part to the word, and returns where the part ends. */
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

/** Units of a word's beginning that may be a name: more than a key can have. */
const BEGINNING_UNITS = 2048;

/** Whether the beginning of a word is a name with its `=`, whose value may be in quotes. */
function endsWithName(beginning: string): boolean {
  return beginning.indexOf('=') === beginning.length - 1;
}

/** Where a match of the pattern at `at` ends; `at` itself if there is none. */
function endOf(pattern: RegExp, line: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(line) ? pattern.lastIndex : at;
}
