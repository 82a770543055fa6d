/** What the header of a CSV file says: which column holds what. */
import { FormatError } from '../format.js';

export interface CsvColumns {
  readonly count: number;
  readonly key: number;
  readonly value: number;
  /** -1 where there is none. */
  readonly base64: number;
  /** The names of the others. */
  readonly unknown: readonly string[];
}

/** Throws a FormatError where a column is missing or there twice. */
export function columnsOf(names: readonly string[], line: number): CsvColumns {
  const base64 = columnNamed('base64', names, line);
  const key = columnNamed('key', names, line);
  const value = columnNamed('value', names, line);
  if (key === -1) throw new FormatError(line, 'the header has no "key" column');
  if (value === -1) throw new FormatError(line, 'the header has no "value" column');
  const unknown = names.filter((_, column) => ![key, value, base64].includes(column));
  return { count: names.length, key, value, base64, unknown };
}

function columnNamed(name: string, names: readonly string[], line: number): number {
  const column = names.indexOf(name);
  if (column !== names.lastIndexOf(name)) {
    throw new FormatError(line, `the header has "${name}" twice`);
  }
  return column;
}
