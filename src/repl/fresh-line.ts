/** A line of its own for the prompt, wherever somebody else has left the cursor. */
import type { Style } from '../terminal/terminal.js';

/**
 * Goes to the beginning of an empty line. As zsh and fish do it, without asking the terminal: a
 * mark, then spaces up to the width of the screen. From the first column they fill one row, and are
 * erased; from any other they go on in the next row, and the mark stays where the output ended
 * without a newline.
 */
export function freshLine(columns: number, { detail }: Style): string {
  return `${detail('⏎')}${' '.repeat(columns - 1)}\r\x1b[J`;
}
