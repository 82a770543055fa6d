/** What tells the kinds of separated values from each other, and the bytes that they share. */
import { COMMA, TAB } from '../bytes/ascii.js';

export interface CsvDialect {
  readonly separator: number;
  /** Whether a quote within a field that does not begin with one is a character like any other. */
  readonly keepsInnerQuotes: boolean;
}

export const commas: CsvDialect = { separator: COMMA, keepsInnerQuotes: false };

export const tabs: CsvDialect = { separator: TAB, keepsInnerQuotes: true };
