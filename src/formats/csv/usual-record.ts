/**
 * The usual CSV record, recognised byte by byte and left where it is: on one line, without quotes
 * inside its quoted fields, its value not base64, without an expiry.
 */
import { CARRIAGE_RETURN, NEWLINE, QUOTE } from '../bytes/ascii.js';
import type { RecordSpan } from '../format.js';
import type { CsvColumns } from './columns.js';
import type { CsvDialect } from './dialect.js';

/** The record found last. */
export class CsvUsualRecord implements RecordSpan {
  bytes: Buffer = Buffer.alloc(0);
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  readonly #separator: number;
  /** 1 for each byte that ends an unquoted field, or makes the record unusual. */
  readonly #isSpecial = new Uint8Array(256);
  /** Where the last field begins and ends. */
  #fieldStart = 0;
  #fieldEnd = 0;

  constructor({ separator }: CsvDialect) {
    this.#separator = separator;
    for (const byte of [separator, NEWLINE, QUOTE]) this.#isSpecial[byte] = 1;
  }

  /**
   * The newline after the record at `at`, whose places it keeps; -1 if the record is not usual. The
   * bytes must be UTF-8 and contain a newline.
   */
  match(bytes: Buffer, start: number, columns: CsvColumns): number {
    this.bytes = bytes;
    let at = start;
    for (let column = 0; ; column++) {
      at = bytes[at] === QUOTE ? this.#passQuoted(bytes, at) : this.#passUnquoted(bytes, at);
      if (column === columns.key) {
        this.keyStart = this.#fieldStart;
        this.keyEnd = this.#fieldEnd;
      } else if (column === columns.value) {
        this.valueStart = this.#fieldStart;
        this.valueEnd = this.#fieldEnd;
      } else if (this.#fieldEnd > this.#fieldStart && columns.unusual.includes(column)) {
        return -1;
      }
      if (bytes[at] === NEWLINE) return column + 1 === columns.count ? at : -1;
      if (bytes[at] !== this.#separator) return -1;
      at++;
    }
  }

  #passUnquoted(bytes: Uint8Array, start: number): number {
    let at = start;
    while (this.#isSpecial[bytes[at]!] === 0) at++;
    const hasReturn = bytes[at] === NEWLINE && at > start && bytes[at - 1] === CARRIAGE_RETURN;
    this.#fieldStart = start;
    this.#fieldEnd = hasReturn ? at - 1 : at;
    return at;
  }

  #passQuoted(bytes: Uint8Array, start: number): number {
    let at = start + 1;
    while (bytes[at] !== QUOTE && bytes[at] !== NEWLINE) at++;
    this.#fieldStart = start + 1;
    this.#fieldEnd = at;
    // A newline inside quotes is not usual: perhaps a quote is missing.
    if (bytes[at] === NEWLINE) return start;
    return bytes[at + 1] === CARRIAGE_RETURN && bytes[at + 2] === NEWLINE ? at + 2 : at + 1;
  }
}
