/**
 * A partly typed word in the syntax of a shell, read without running anything: its value, and the
 * quotes around its end, so that it can be continued.
 */
import { isUtf8 } from 'node:buffer';
import { namedEscapes } from '../quotes.js';

export type Shell = 'bash' | 'zsh' | 'fish';

/** The quotes around the end of a word: none, `'…`, `"…`, or `$'…`. */
export type Quotes = 'none' | 'single' | 'double' | 'dollar';

export interface TypedWord {
  /** The value of the word. */
  readonly text: string;
  /** The word as typed, except that special characters may be escaped. */
  readonly typed: string;
  readonly quotes: Quotes;
  /**
   * The beginning of an escape that both omit, else empty: a shell that inserts a common prefix may
   * cut an escape.
   */
  readonly cut: string;
}

/**
 * Undefined for a word whose value cannot be known without running something, and for more than one
 * word. Variables are those of `env`.
 */
export function readTypedWord(
  shell: Shell,
  word: string,
  env: NodeJS.ProcessEnv,
): TypedWord | undefined {
  const parts: Part[] = [part(0, '', 'none')];
  let { end, quotes } = parts[0]!;
  while (end < word.length) {
    const part = readPart(shell, word, end, quotes, env);
    if (part === 'unknowable') return undefined;
    if (part === 'incomplete') break;
    parts.push(part);
    ({ end, quotes } = part);
  }
  // Characters may be written byte by byte.
  while (!isUtf8(bytesOf(parts))) parts.pop();
  const last = parts.at(-1)!;
  return {
    text: bytesOf(parts).toString(),
    typed: parts.map((one, index) => one.spelling ?? spelled(word, parts, index)).join(''),
    quotes: last.quotes,
    cut: word.slice(last.end),
  };
}

/** A character, an escape, a quote or a variable. */
interface Part {
  /** Where it ends in the word. */
  readonly end: number;
  /** Its value as UTF-8. */
  readonly bytes: Buffer;
  /** The quotes after it. */
  readonly quotes: Quotes;
  /** A safer way to write it. */
  readonly spelling?: string;
}

type ReadPart = Part | 'incomplete' | 'unknowable';

/** A part as it was typed. */
function spelled(word: string, parts: readonly Part[], index: number): string {
  return word.slice(parts[index - 1]?.end ?? 0, parts[index]!.end);
}

function bytesOf(parts: readonly Part[]): Buffer {
  return Buffer.concat(parts.map(({ bytes }) => bytes));
}

function readPart(
  shell: Shell,
  word: string,
  at: number,
  quotes: Quotes,
  env: NodeJS.ProcessEnv,
): ReadPart {
  switch (quotes) {
    case 'none':
      return readBare(shell, word, at, env);
    case 'single':
      return readSingle(shell, word, at);
    case 'double':
      return readDouble(shell, word, at, env);
    case 'dollar':
      return readDollar(word, at);
    default:
      return quotes satisfies never;
  }
}

function readBare(shell: Shell, word: string, at: number, env: NodeJS.ProcessEnv): ReadPart {
  const character = word[at]!;
  if (character === "'") return part(at + 1, '', 'single');
  if (character === '"') return part(at + 1, '', 'double');
  if (character === '$') return readVariable(shell, word, at, 'none', env);
  if (character === '!') return { ...literal(word, at, 'none'), spelling: '\\!' };
  if (character === '~' && at === 0) return readHome(word, env);
  if (character === '\\') {
    if (shell === 'fish') return readFishEscape(word, at);
    const next = characterAt(word, at + 1);
    if (next === '') return 'incomplete';
    return part(at + 1 + next.length, next === '\n' ? '' : next, 'none');
  }
  // Separates words, or runs something.
  if (/[ \t\n;&|<>()`]/.test(character)) return 'unknowable';
  return literal(word, at, 'none');
}

function readSingle(shell: Shell, word: string, at: number): ReadPart {
  if (word[at] === "'") return part(at + 1, '', 'none');
  if (shell === 'fish' && word[at] === '\\') {
    const next = word[at + 1];
    if (next === undefined) return 'incomplete';
    if (next === '\\' || next === "'") return part(at + 2, next, 'single');
  }
  return literal(word, at, 'single');
}

function readDouble(shell: Shell, word: string, at: number, env: NodeJS.ProcessEnv): ReadPart {
  const character = word[at]!;
  if (character === '"') return part(at + 1, '', 'none');
  if (character === '$') return readVariable(shell, word, at, 'double', env);
  if (character === '`' && shell !== 'fish') return 'unknowable';
  // An event of the history, even between these quotes.
  if (character === '!') return { ...literal(word, at, 'double'), spelling: `"'!'"` };
  if (character !== '\\') return literal(word, at, 'double');
  const next = word[at + 1];
  if (next === undefined) return 'incomplete';
  if (next === '\n') return part(at + 2, '', 'double');
  const escapable = shell === 'fish' ? '"$\\' : '"$\\`';
  return escapable.includes(next) ? part(at + 2, next, 'double') : literal(word, at, 'double');
}

/** `$NAME`, `${NAME}` if the shell has it, `$'`, or a literal dollar. */
function readVariable(
  shell: Shell,
  word: string,
  at: number,
  quotes: 'none' | 'double',
  env: NodeJS.ProcessEnv,
): ReadPart {
  const next = word[at + 1];
  if (next === undefined) return { ...literal(word, at, quotes), spelling: '\\$' };
  if (next === "'" && quotes === 'none' && shell !== 'fish') return part(at + 2, '', 'dollar');
  const [whole, plain, braced] = matchAt(variable, word, at);
  if (whole === undefined || (braced !== undefined && shell === 'fish')) {
    return /[\s/:=.,%+@]/.test(next) ? literal(word, at, quotes) : 'unknowable';
  }
  const value = env[plain ?? braced ?? ''];
  return value === undefined ? 'unknowable' : part(at + whole.length, value, quotes);
}

const variable = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/y;

/** `~` and `~/…`; other homes would have to be looked up. */
function readHome(word: string, env: NodeJS.ProcessEnv): ReadPart {
  const isOwn = word.length === 1 || word[1] === '/';
  return isOwn && env.HOME ? part(1, env.HOME, 'none') : 'unknowable';
}

/** An escape of `$'…'`. */
function readDollar(word: string, at: number): ReadPart {
  if (word[at] === "'") return part(at + 1, '', 'none');
  if (word[at] === '!') return { ...literal(word, at, 'dollar'), spelling: '\\x21' };
  if (word[at] !== '\\') return literal(word, at, 'dollar');
  const next = word[at + 1];
  if (next === undefined) return 'incomplete';
  const simple = simpleEscapes[next];
  if (simple !== undefined) return part(at + 2, simple, 'dollar');
  return readNumber(word, at, 'dollar') ?? 'unknowable';
}

/** An escape of fish, which has them outside of quotes. */
function readFishEscape(word: string, at: number): ReadPart {
  const next = characterAt(word, at + 1);
  if (next === '') return 'incomplete';
  if (next === '\n') return part(at + 2, '', 'none');
  const simple = /[ntrabefv]/.test(next) ? simpleEscapes[next] : undefined;
  if (simple !== undefined) return part(at + 2, simple, 'none');
  if (/[xXuUc0-7]/.test(next)) return readNumber(word, at, 'none') ?? 'unknowable';
  return part(at + 1 + next.length, next, 'none');
}

/**
 * A character by its number: `\x1b`, `\u202e`, `\033`. At the end of a word, digits may be missing.
 */
function readNumber(word: string, at: number, quotes: Quotes): ReadPart | undefined {
  const [whole, x, u, U, octal] = matchAt(numbered, word, at);
  if (whole === undefined) return undefined;
  const digits = x ?? u ?? U ?? octal!;
  const full = x !== undefined ? 2 : u !== undefined ? 4 : U !== undefined ? 8 : 3;
  const end = at + whole.length;
  if (digits.length < full && end === word.length) return 'incomplete';
  const code = Number.parseInt(digits, octal === undefined ? 16 : 8);
  if (x !== undefined || octal !== undefined) return { end, bytes: Buffer.of(code), quotes };
  return code > 0x10ffff ? 'unknowable' : part(end, String.fromCodePoint(code), quotes);
}

const numbered =
  /\\(?:[xX]([0-9a-fA-F]{0,2})|u([0-9a-fA-F]{0,4})|U([0-9a-fA-F]{0,8})|([0-7]{1,3}))/y;

const simpleEscapes: Readonly<Record<string, string>> = {
  ...namedEscapes,
  E: '\x1b',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};

function literal(word: string, at: number, quotes: Quotes): Part {
  const character = characterAt(word, at);
  return part(at + character.length, character, quotes);
}

function part(end: number, text: string, quotes: Quotes): Part {
  return { end, bytes: Buffer.from(text), quotes };
}

/** The whole character, of one or two UTF-16 units; empty at the end. */
function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? '' : String.fromCodePoint(code);
}

function matchAt(pattern: RegExp, text: string, at: number): (string | undefined)[] {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? [];
}
