/** Rows of sizes: numbers and names in a pipe, and with bars on a terminal. */

import { displayWidth, truncate } from '../terminal/display-width.js';
import { counted, humanSize } from '../terminal/quantities.js';
import type { Output } from '../terminal/terminal.js';

export interface SizeRow {
  readonly keys: number;
  readonly bytes: number;
  /** Escaped already, see visible.ts. */
  readonly name: string;
  /** The share of the whole that the bar shows, from 0 to 1; absent: no bar. */
  readonly share?: number;
}

/** Columns of the longest bar, and the fewest that a name is cut to. */
const BAR_COLUMNS = 40;
const NAME_COLUMNS = 12;

const GAP = '  ';

/** The rows for a person, each line ended by a newline and never wider than the terminal. */
export function sizeRows(
  rows: readonly SizeRow[],
  { columns, style }: Pick<Output, 'columns' | 'style'>,
): string {
  const cells = rows.map(({ keys, bytes }) => [humanSize(bytes), counted(keys, 'key ', 'keys')]);
  const widths = [0, 1].map((index) => Math.max(...cells.map((row) => row[index]!.length)));
  const room = Math.max(columns - widths[0]! - widths[1]! - 3 * GAP.length, 2);
  const longest = Math.max(...rows.map(({ name }) => displayWidth(name)));
  const name = Math.min(longest, Math.max(room - BAR_COLUMNS, NAME_COLUMNS, Math.floor(room / 2)));
  const bar = Math.max(Math.min(room - name, BAR_COLUMNS), 0);
  const lines = rows.map((row, index) => {
    const [size, keys] = cells[index]!.map((cell, column) => cell.padStart(widths[column]!));
    const drawn = row.share === undefined ? '' : shareBar(row.share, bar);
    const text = truncate(row.name, Math.max(room - bar, 1));
    return `${size}${GAP}${style.detail(keys!)}${GAP}${drawn.padEnd(bar)}${GAP}${text}`.trimEnd();
  });
  return lines.map((line) => `${line}\n`).join('');
}

const BLOCKS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/**
 * A bar for `share`, from 0 to 1, of `columns`, to an eighth of a column. It is empty for 0 alone.
 */
export function shareBar(share: number, columns: number): string {
  const eighths = Math.max(Math.round(share * columns * BLOCKS.length), share > 0 ? 1 : 0);
  return '█'.repeat(Math.floor(eighths / BLOCKS.length)) + BLOCKS[eighths % BLOCKS.length];
}
