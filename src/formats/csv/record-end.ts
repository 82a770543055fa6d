/** Finds where a CSV record ends, in bytes that may be cut anywhere. */
import { BACKSLASH, CARRIAGE_RETURN, NEWLINE, QUOTE } from '../bytes/ascii.js';
import type { CsvDialect } from './dialect.js';

export class CsvRecordEnd {
  /** Newlines inside quotes so far. */
  newlines = 0;
  readonly #dialect: CsvDialect;
  #state: State = 'field start';

  constructor(dialect: CsvDialect) {
    this.#dialect = dialect;
  }

  begin(): void {
    this.newlines = 0;
    this.#state = 'field start';
  }

  get isWithinQuotes(): boolean {
    return this.#state === 'quoted';
  }

  /**
   * The newline that ends the record that begins, or continues, at `at`; -1 if it is not in these
   * bytes. A record with a misplaced quote ends with its line.
   */
  find(bytes: Uint8Array, at: number, end: number): number {
    if (this.#dialect.escapes) return this.#findUnescaped(bytes, at, end);
    let state = this.#state;
    for (let index = at; index < end; index++) {
      const byte = bytes[index]!;
      if (byte === NEWLINE && state !== 'quoted') return index;
      switch (state) {
        case 'field start':
          if (byte === QUOTE) state = 'quoted';
          else if (byte !== this.#dialect.separator) state = 'unquoted';
          break;
        case 'unquoted':
          if (byte === this.#dialect.separator) state = 'field start';
          else if (byte === QUOTE && !this.#dialect.keepsInnerQuotes) state = 'broken';
          break;
        case 'quoted':
          while (index < end && bytes[index] !== QUOTE) {
            if (bytes[index] === NEWLINE) this.newlines++;
            index++;
          }
          if (index < end) state = 'quote';
          break;
        case 'quote':
          if (byte === QUOTE) state = 'quoted';
          else if (byte === this.#dialect.separator) state = 'field start';
          else state = byte === CARRIAGE_RETURN ? 'line end' : 'broken';
          break;
        case 'line end':
          state = 'broken';
          break;
        case 'broken':
        case 'escaped':
          break;
        default:
          state satisfies never;
      }
    }
    this.#state = state;
    return -1;
  }

  /** The same, where quotes are ordinary and a newline after a backslash is part of its field. */
  #findUnescaped(bytes: Uint8Array, at: number, end: number): number {
    let isEscaped = this.#state === 'escaped';
    for (let index = at; index < end; index++) {
      const byte = bytes[index];
      if (byte === NEWLINE && !isEscaped) return index;
      if (byte === NEWLINE) this.newlines++;
      isEscaped = byte === BACKSLASH && !isEscaped;
    }
    this.#state = isEscaped ? 'escaped' : 'unquoted';
    return -1;
  }
}

/**
 * `escaped`: after a backslash. `quote`: after a quote inside quotes, which may be the first of
 * two, or the closing one.
 */
type State = 'field start' | 'unquoted' | 'quoted' | 'quote' | 'line end' | 'broken' | 'escaped';
