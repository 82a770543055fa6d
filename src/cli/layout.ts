/** Plain text in 80 columns: paragraphs, hanging indents, tables of two columns. */

/** A term and what it means. */
export type Row = readonly [term: string, meaning: string];

/**
 * The column where the meanings of rows begin: tables in sequence look best with one for all. Terms
 * of more than `widest` columns have no say in it.
 */
export function columnFor(rows: readonly Row[], widest = 30): number {
  const widths = rows.map(([term]) => term.length).filter((width) => width <= widest);
  return INDENT.length + Math.max(0, ...widths) + GAP;
}

/** Words after `lead`, on as many lines as they need; later lines are indented by its width. */
export function hangingWrap(lead: string, words: readonly string[]): string {
  const indent = ' '.repeat(lead.length);
  const lines: string[] = [];
  let line = lead;
  for (const word of words) {
    const joined = line.length === indent.length ? line + word : `${line} ${word}`;
    if (joined.length <= WIDTH || line.length === indent.length) {
      line = joined;
    } else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line.trimEnd()].join('\n');
}

/**
 * Paragraphs, filled. A blank line parts them; one whose lines begin with a space is kept as it
 * is, so that a sample can be shown.
 */
export function paragraphs(text: string): string {
  const filled = text
    .replace(/^\n+|\s+$/g, '')
    .split(/\n{2,}/)
    .map((part) => (/^\s/.test(part) ? part : hangingWrap('', part.split(/\s+/))));
  return filled.join('\n\n');
}

/** A heading and what stands below it; nothing at all for an empty table. */
export function section(heading: string, rows: readonly Row[], column?: number): string[] {
  return rows.length === 0 ? [] : [`${heading}:\n${table(rows, column)}`];
}

/** Parts with a blank line between them, and a newline at the end. */
export function page(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}

/**
 * Rows with their meanings in one column. A term too long for its column stands on a line of its
 * own; a meaning too long for its line goes on below its own beginning.
 */
function table(rows: readonly Row[], column = columnFor(rows)): string {
  const lines = rows.map(([term, meaning]) => {
    const lead = INDENT + term;
    const text = hangingWrap(' '.repeat(column), meaning.split(' '));
    if (lead.length + GAP > column) return `${lead}\n${text}`;
    return (lead + text.slice(lead.length)).trimEnd();
  });
  return lines.join('\n');
}

/** Columns that help stays within. */
const WIDTH = 80;

const INDENT = '  ';

/** Columns between a term and its meaning. */
const GAP = 2;
