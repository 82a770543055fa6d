/** Rows in aligned columns for a terminal, with or without borders. */
import { displayWidth, truncate } from './display-width.js';
import type { Style } from './terminal.js';
import { visibleLine } from './visible.js';

/**
 * The rows under their head, each line ended by a newline and never wider than `columns`: the
 * widest texts are cut. Columns of numbers and sizes are right-aligned, except the first, which
 * names the row. Cells are given raw and are escaped here (visible.ts).
 */
export async function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  options: { readonly style: Style; readonly columns: number; readonly boxed?: boolean },
): Promise<string> {
  const frame = options.boxed ? BOX : PLAIN;
  const cells = [head, ...rows].map((row) => row.map(visibleLine));
  const columns = head.map((_, index) => columnOf(cells, index));
  const gaps = frame.middle.length * (head.length - 1) + frame.left.length + frame.right.length;
  shrink(columns, options.columns - gaps);
  const fitted = cells.map((row) =>
    row.map((cell, index) => truncate(cell, columns[index]!.width)),
  );
  const title = fitted[0]!.map((cell) => options.style.heading(cell));
  const lines = await layOut([title, ...fitted.slice(1)], columns, frame);
  if (!options.boxed) return lines.map((line) => `${line.trimEnd()}\n`).join('');
  const rules = columns.map(({ width }) => '─'.repeat(width));
  const [first, ...rest] = lines;
  const top = `┌─${rules.join('─┬─')}─┐`;
  const below = `├─${rules.join('─┼─')}─┤`;
  const bottom = `└─${rules.join('─┴─')}─┘`;
  return [top, first, below, ...rest, bottom].map((line) => `${line}\n`).join('');
}

/** The borders around the cells of a row. */
interface Frame {
  readonly left: string;
  readonly middle: string;
  readonly right: string;
}

const PLAIN: Frame = { left: '', middle: '  ', right: '' };
const BOX: Frame = { left: '│ ', middle: ' │ ', right: ' │' };

interface Column {
  readonly numeric: boolean;
  width: number;
}

function columnOf(cells: readonly string[][], index: number): Column {
  let width = 1;
  let numeric = index > 0;
  for (const [row, { [index]: cell = '' }] of cells.entries()) {
    width = Math.max(width, displayWidth(cell));
    if (row > 0 && !quantity.test(cell)) numeric = false;
  }
  return { numeric, width };
}

/** A number, a size, or a sign for neither. */
const quantity = /^(-?[\d.,]+( ?([KMGTP]i)?B)?|-|)$/;

/** Narrows the widest columns, texts first, until all fit in `room`. */
function shrink(columns: readonly Column[], room: number): void {
  for (;;) {
    const excess = columns.reduce((sum, column) => sum + column.width, 0) - room;
    if (excess <= 0) return;
    const texts = columns.filter((column) => !column.numeric && column.width > MIN_TEXT);
    const candidates = texts.length > 0 ? texts : columns.filter((column) => column.width > 1);
    if (candidates.length === 0) return;
    const widest = candidates.reduce((a, b) => (b.width > a.width ? b : a));
    widest.width -= 1;
  }
}

/** The fewest columns of a text before numbers are cut as well. */
const MIN_TEXT = 8;

async function layOut(
  cells: readonly string[][],
  columns: readonly Column[],
  frame: Frame,
): Promise<string[]> {
  const { default: Table } = await import('cli-table3');
  const lines: string[] = [];
  // In blocks, because cli-table3 passes all rows as arguments of one call.
  for (let start = 0; start < cells.length; start += BLOCK) {
    const block = new Table({
      chars: { ...noBorders, ...frame },
      style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
      colWidths: columns.map((column) => column.width),
      colAligns: columns.map((column) => (column.numeric ? 'right' : 'left')),
    });
    block.push(...cells.slice(start, start + BLOCK).map((row) => [...row]));
    lines.push(...block.toString().split('\n'));
  }
  return lines;
}

/** Rows laid out at once. */
const BLOCK = 500;

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  'right-mid': '',
};
