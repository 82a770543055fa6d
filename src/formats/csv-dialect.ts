/** What tells the kinds of separated values from each other, and the bytes that they share. */

export interface CsvDialect {
  readonly separator: number;
  /** Whether a quote within a field that does not begin with one is a character like any other. */
  readonly keepsInnerQuotes: boolean;
}

export const commas: CsvDialect = { separator: 0x2c, keepsInnerQuotes: false };

export const tabs: CsvDialect = { separator: 0x09, keepsInnerQuotes: true };

export const QUOTE = 0x22;
export const NEWLINE = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
