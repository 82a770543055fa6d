/** A row of its own for what is said where the terminal may have written itself, as `^C` at Ctrl-C. */
import type { Output } from './terminal.js';

/**
 * Goes to the beginning of an empty row: spaces up to the width of the screen fill the row from its first
 * column, and go on in the next one from any other. Nothing where the output is no terminal.
 */
export function ownRow({ isTerminal, isDumb, columns }: Output): string {
  if (!isTerminal) return '';
  return isDumb ? '\n' : `${' '.repeat(columns)}\r\x1b[J`;
}
