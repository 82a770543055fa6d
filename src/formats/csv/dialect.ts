/** What tells the kinds of separated values from each other, and the bytes that they share. */
import { COMMA, TAB } from '../bytes/ascii.js';
import type { Reading } from '../format.js';

export interface CsvDialect {
  readonly separator: number;
  /** Whether a quote within a field that does not begin with one is a character like any other. */
  readonly keepsInnerQuotes: boolean;
  /** Whether a backslash makes another character of the next, and quotes stand for themselves. */
  readonly escapes?: boolean;
}

/** The dialect with what is said of it. */
export function dialectOf(dialect: CsvDialect, reading: Reading | undefined): CsvDialect {
  const { separator = dialect.separator, escapes = false } = reading ?? {};
  return { ...dialect, separator, escapes };
}

export const commas: CsvDialect = { separator: COMMA, keepsInnerQuotes: false };

export const tabs: CsvDialect = { separator: TAB, keepsInnerQuotes: true };
