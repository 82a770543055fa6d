/** Plain text for a given width: paragraphs, hanging indents, tables of two columns. */
import { filled } from '../terminal/filled-text.js';

/** The width of help: of a pipe, and at most on a terminal. */
export const USUAL_COLUMNS = 80;

/** The narrowest layout: a narrower terminal breaks the lines itself. */
const LEAST_COLUMNS = 40;

/** A term and what it means. */
export type Row = readonly [term: string, meaning: string];

/** The width of help on a terminal of so many columns. */
export function helpColumns(columns: number): number {
  return Math.min(USUAL_COLUMNS, Math.max(LEAST_COLUMNS, columns));
}

/**
 * The column where the meanings of rows begin, the same for tables in sequence. Terms longer than
 * `share` of the width do not count, nor do terms beside which the longest word of a meaning would
 * not fit.
 */
export function columnFor(rows: readonly Row[], columns: number, share = 3 / 8): number {
  const words = rows.flatMap(([, meaning]) => meaning.split(' ')).map((word) => word.length);
  const room = columns - INDENT.length - GAP - Math.max(0, ...words);
  const widest = Math.min(columns * share, room);
  const widths = rows.map(([term]) => term.length).filter((width) => width <= widest);
  return widths.length === 0 ? LONE_COLUMN : INDENT.length + Math.max(...widths) + GAP;
}

/**
 * Paragraphs, filled, with a blank line between them. A paragraph whose lines begin with a space is
 * a sample, kept unchanged, or a table if each line is split in two by at least two spaces.
 */
export function paragraphs(text: string, columns: number): string {
  const laidOut = text
    .replace(/^\n+|\s+$/g, '')
    .split(/\n{2,}/)
    .map((part) => {
      if (!part.startsWith(' ')) return filled('', part.split(/[ \n]+/), columns);
      const rows = rowsOf(part);
      return rows === undefined ? part : table(rows, columns);
    });
  return laidOut.join('\n\n');
}

/** The rows of a sample with two columns; undefined for any other. */
export function rowsOf(sample: string): Row[] | undefined {
  const rows = sample.split('\n').map((line) => /^ +(.*?) {2,}(.*)$/.exec(line));
  if (rows.includes(null)) return undefined;
  return rows.map((row) => [row![1]!, row![2]!]);
}

/** A heading and the text below it; nothing for an empty table. */
export function section(
  heading: string,
  rows: readonly Row[],
  columns: number,
  column?: number,
): string[] {
  return rows.length === 0 ? [] : [`${heading}:\n${table(rows, columns, column)}`];
}

/** Parts with a blank line between them, ended by a newline. */
export function page(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`.replaceAll(NO_BREAK, ' ');
}

/** The text with no-break spaces, so that it can be copied. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', NO_BREAK);
}

/**
 * Rows with their meanings in one column. A term is never broken, so that it can be copied; one too
 * long for the column stands on its own line. A long meaning continues below its own beginning.
 */
function table(rows: readonly Row[], columns: number, column = columnFor(rows, columns)): string {
  const lines = rows.map(([term, meaning]) => {
    const lead = INDENT + term;
    const text = filled(' '.repeat(column), meaning.split(' '), columns);
    if (lead.length + GAP > column) return `${lead}\n${text}`;
    return (lead + text.slice(lead.length)).trimEnd();
  });
  return lines.join('\n');
}

const INDENT = '  ';

const NO_BREAK = '\u00a0';

/** Where meanings begin if no term leaves room beside it. */
const LONE_COLUMN = 8;

/** Columns between a term and its meaning. */
const GAP = 2;
