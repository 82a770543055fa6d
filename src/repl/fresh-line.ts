/** Puts the prompt on a line of its own, wherever the last output has left the cursor. */
import type { Output, Style } from '../terminal/terminal.js';

/**
 * Goes to the beginning of an empty line without asking the terminal, as zsh and fish do: it writes
 * a mark, then spaces up to the width of the screen. From the first column they fill one row, and
 * are erased; from any other they continue on the next row, and the mark stays where the output
 * ended without a newline. Nothing on a terminal that cannot move its cursor.
 */
export function freshLine(
  { columns: width, isDumb, style }: Output,
  columns = width,
  { detail }: Style = style,
): string {
  if (isDumb) return '';
  return `${detail('⏎')}${' '.repeat(columns - 1)}\r\x1b[J`;
}
