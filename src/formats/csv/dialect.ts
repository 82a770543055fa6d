/** How the kinds of separated values differ, and the bytes that they share. */
import { COMMA, TAB } from '../bytes/ascii.js';
import type { ReadOptions } from '../format.js';

export interface CsvDialect {
  readonly separator: number;
  /** Whether a quote inside an unquoted field is an ordinary character. */
  readonly keepsInnerQuotes: boolean;
  /** Whether a backslash begins an escape, and quotes are ordinary characters. */
  readonly escapes?: boolean;
}

/** The dialect, changed by the options. */
export function dialectOf(dialect: CsvDialect, readOptions: ReadOptions | undefined): CsvDialect {
  const { separator = dialect.separator, escapes = false } = readOptions ?? {};
  return { ...dialect, separator, escapes };
}

export const commas: CsvDialect = { separator: COMMA, keepsInnerQuotes: false };

export const tabs: CsvDialect = { separator: TAB, keepsInnerQuotes: true };
