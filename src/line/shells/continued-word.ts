/**
 * Writes a word for bash and zsh as the continuation of what has been typed: each character stands
 * for itself, and none is a control character on the terminal.
 */
import { unsafe } from '../../terminal/visible.js';
import type { Quotes, TypedWord } from './typed-word.js';

/**
 * The word with the value `text`, which begins with the value of the typed word. Its quotes are
 * closed, unless it goes on.
 */
export function continuedWord(start: TypedWord, text: string, goesOn: boolean): string {
  const { quotes, typed } = start;
  const rest = text.slice(start.text.length);
  const pieces = rest.split(unsafeRuns).map((piece, index) => {
    // The pattern has one group, so every second piece is a run that it matches.
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
      // In these quotes bash looks for events of its history, and would keep the backslash.
      return text.replace(/["\\$`]/g, '\\$&').replace(/!+/g, `"'$&'"`);
    case 'dollar':
      return text.replace(/['\\]/g, '\\$&').replaceAll('!', '\\x21');
    default:
      return quotes satisfies never;
  }
}

/** Characters that may be special in a shell: all ASCII except these. */
const special = /[^\w%+,./:=@\u0080-\u{10ffff}-]/gu;

/** `$'…'`, with the quotes around it closed and opened again. */
function unsafeRun(text: string, quotes: Quotes): string {
  // Byte by byte, which does not depend on the shell's locale, and works in bash 3.2.
  const bytes = [...Buffer.from(text)].map((byte) => byteEscapes[byte] ?? hexEscape(byte)).join('');
  if (quotes === 'dollar') return bytes;
  const quote = closing[quotes];
  return `${quote}$'${bytes}'${quote}`;
}

const byteEscapes: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r' };

function hexEscape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
