/**
 * Writes a word for bash and zsh, as the continuation of what has been typed of it: each
 * character stands for itself, and none of them is a control character on the terminal.
 */
import { unsafe } from '../../terminal/visible.js';
import type { Quotes, TypedWord } from './typed-word.js';

/**
 * The word that comes to `text`, which begins with what the typed one comes to. Its quotes are
 * closed, unless it is to be gone on with.
 */
export function continuedWord(start: TypedWord, text: string, goesOn: boolean): string {
  const { quotes, typed } = start;
  const rest = text.slice(start.text.length);
  const pieces = rest.split(unsafeRuns).map((piece, index) => {
    // A pattern with one group: every second piece is a run of what it matches.
    return index % 2 === 1
      ? unsafeRun(piece, quotes)
      : safeRun(piece, quotes, typed === '' && index === 0);
  });
  return typed + pieces.join('') + (goesOn ? '' : closing[quotes]);
}

const unsafeRuns = new RegExp(`((?:${unsafe.source})+)`, 'u');

const closing: Readonly<Record<Quotes, string>> = {
  none: '',
  single: "'",
  double: '"',
  dollar: "'",
};

function safeRun(text: string, quotes: Quotes, isFirst: boolean): string {
  switch (quotes) {
    case 'none': {
      const escaped = text.replace(special, '\\$&');
      // zsh takes `=name` for the path of a program.
      return isFirst ? escaped.replace(/^=/, '\\=') : escaped;
    }
    case 'single':
      return text.replaceAll("'", "'\\''");
    case 'double':
      // bash looks for events of its history in these quotes, and would keep the backslash.
      return text.replace(/["\\$`]/g, '\\$&').replace(/!+/g, `"'$&'"`);
    case 'dollar':
      return text.replace(/['\\]/g, '\\$&').replaceAll('!', '\\x21');
    default:
      return quotes satisfies never;
  }
}

/** What may mean something to a shell; all but some ASCII, and what is not ASCII. */
const special = /[^\w%+,./:=@\u0080-\u{10ffff}-]/gu;

/** `$'…'`, with the quotes around it left and entered again. */
function unsafeRun(text: string, quotes: Quotes): string {
  // Byte by byte, which does not depend on the shell's locale, and which bash 3.2 can read.
  const bytes = [...Buffer.from(text)].map((byte) => byteEscapes[byte] ?? hexEscape(byte)).join('');
  if (quotes === 'dollar') return bytes;
  const quote = closing[quotes];
  return `${quote}$'${bytes}'${quote}`;
}

const byteEscapes: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r' };

function hexEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
