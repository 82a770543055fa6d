/** The columns of a CSV file, by its header or by an option: which holds what. */
import { expiryNames, FormatError, quoted, type ReadOptions } from '../format.js';

export interface CsvColumns {
  readonly names: readonly string[];
  readonly count: number;
  readonly key: number;
  /** -1 if the whole row is the value. */
  readonly value: number;
  /** -1 if there is none. */
  readonly base64: number;
  /** The columns that say when a record expires. */
  readonly expiry: readonly {
    readonly name: (typeof expiryNames)[number];
    readonly column: number;
  }[];
  /** Columns that make a record unusual if they are not empty. */
  readonly unusual: readonly number[];
  /** The names of the unknown columns. */
  readonly unknown: readonly string[];
}

/** Throws a FormatError if a column is missing or there twice. */
export function columnsOf(
  names: readonly string[],
  line: number,
  readOptions: ReadOptions = {},
): CsvColumns {
  const { row = false } = readOptions;
  const header = readOptions.columns ? '--columns' : 'the header';
  const key = requiredColumn(readOptions.key ?? 'key', '--key COLUMN', names, line, header);
  if (row) {
    mustDiffer(names, line, header);
    return { ...noOthers, names, count: names.length, key, value: -1 };
  }
  const value = requiredColumn(readOptions.value ?? 'value', '--value COLUMN', names, line, header);
  const other = (name: string) => {
    const column = columnNamed(name, names, line, header);
    return column === key || column === value ? -1 : column;
  };
  const base64 = other('base64');
  const expiry = expiryNames
    .map((name) => ({ name, column: other(name) }))
    .filter(({ column }) => column !== -1);
  const unusual = [base64, ...expiry.map(({ column }) => column)];
  const known = [key, value, ...unusual];
  const unknown = names.filter((_, column) => !known.includes(column));
  return { names, count: names.length, key, value, base64, expiry, unusual, unknown };
}

/** For a row that is the value as a whole. */
const noOthers = { base64: -1, expiry: [], unusual: [], unknown: [] } as const;

/** Columns named in a message at most. */
const SHOWN_COLUMNS = 8;

function requiredColumn(
  name: string,
  option: string,
  names: readonly string[],
  line: number,
  header: string,
): number {
  const column = columnNamed(name, names, line, header);
  if (column !== -1) return column;
  const separator = names.length === 1 ? /[;|\t]/.exec(names[0]!)?.[0] : undefined;
  const shown = names.slice(0, SHOWN_COLUMNS).map(quoted).join(', ');
  const more = names.length > SHOWN_COLUMNS ? ', …' : '';
  const hint =
    separator === undefined
      ? `${option} names another: ${shown}${more}`
      : `--delimiter ${separator === '\t' ? 'tab' : `"${separator}"`} takes it apart`;
  throw new FormatError(line, `${header} has no ${quoted(name)} column`, { hint });
}

/** Throws a FormatError if a name is there twice. */
function mustDiffer(names: readonly string[], line: number, header: string): void {
  const last = new Map(names.map((name, column) => [name, column]));
  const twice = names.find((name, column) => last.get(name) !== column);
  if (twice !== undefined) throw new FormatError(line, `${header} has ${quoted(twice)} twice`);
}

/**
 * The column of that name, or one that differs only in case and surrounding blanks; -1 for none.
 */
function columnNamed(name: string, names: readonly string[], line: number, header: string): number {
  const isThere = names.includes(name);
  const alike = (other: string) =>
    isThere ? other === name : other.trim().toLowerCase() === name.trim().toLowerCase();
  const column = names.findIndex(alike);
  if (column !== names.findLastIndex(alike)) {
    throw new FormatError(line, `${header} has ${quoted(name)} twice`);
  }
  return column;
}
