/** Plain text for a given width: paragraphs, hanging indents, tables of two columns. */
import { filled } from '../terminal/filled-text.js';

/** The columns of a line where no terminal has another number, and the most that help takes. */
export const USUAL_COLUMNS = 80;

/** Below this many columns, help is laid out for this many, and the terminal breaks its lines. */
const LEAST_COLUMNS = 40;

/** A term and what it means. */
export type Row = readonly [term: string, meaning: string];

/** The columns that help takes of so many. */
export function helpColumns(columns: number): number {
  return Math.min(USUAL_COLUMNS, Math.max(LEAST_COLUMNS, columns));
}

/**
 * The column where the meanings of rows begin: tables in sequence look best with one for all. Terms
 * of more than `share` of the width have no say in it, nor those beside which a word of a meaning
 * would not fit.
 */
export function columnFor(rows: readonly Row[], columns: number, share = 3 / 8): number {
  const words = rows.flatMap(([, meaning]) => meaning.split(' ')).map((word) => word.length);
  const room = columns - INDENT.length - GAP - Math.max(0, ...words);
  const widest = Math.min(columns * share, room);
  const widths = rows.map(([term]) => term.length).filter((width) => width <= widest);
  return widths.length === 0 ? LONE_COLUMN : INDENT.length + Math.max(...widths) + GAP;
}

/**
 * Paragraphs, filled. A blank line parts them; one whose lines begin with a space is a sample, kept
 * as it is, or a table where two spaces or more part each line in two.
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

/** The rows of a sample whose lines are in two columns; undefined for any other. */
export function rowsOf(sample: string): Row[] | undefined {
  const rows = sample.split('\n').map((line) => /^ +(.*?) {2,}(.*)$/.exec(line));
  if (rows.includes(null)) return undefined;
  return rows.map((row) => [row![1]!, row![2]!]);
}

/** A heading and what stands below it; nothing at all for an empty table. */
export function section(
  heading: string,
  rows: readonly Row[],
  columns: number,
  column?: number,
): string[] {
  return rows.length === 0 ? [] : [`${heading}:\n${table(rows, columns, column)}`];
}

/** Parts with a blank line between them, and a newline at the end. */
export function page(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`.replaceAll(NO_BREAK, ' ');
}

/** The text, in which no line is broken at a space: for text to copy. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', NO_BREAK);
}

/**
 * Rows with their meanings in one column. A term is never broken, so that it can be copied: one too
 * long for its column stands on a line of its own. A meaning too long for its line goes on below its
 * own beginning.
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

/** Where meanings begin when no term leaves room for one beside it. */
const LONE_COLUMN = 8;

/** Columns between a term and its meaning. */
const GAP = 2;
