/** The fields of one CSV record. */
import { BACKSLASH, QUOTE } from '../bytes/ascii.js';
import type { CsvDialect } from './dialect.js';

export class CsvFields {
  count = 0;
  readonly #dialect: CsvDialect;
  #bytes: Buffer = Buffer.alloc(0);
  /** Where each field begins and ends, without its quotes. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** Whether the field is quoted, so that two quotes in it stand for one. */
  readonly #quoted: boolean[] = [];

  constructor(dialect: CsvDialect) {
    this.#dialect = dialect;
  }

  /** Finds the fields of a record without its line end. Returns the reason if it is malformed. */
  split(bytes: Buffer, start: number, end: number): string | undefined {
    this.#bytes = bytes;
    this.count = 0;
    let at = start;
    for (;;) {
      const isQuoted = at < end && bytes[at] === QUOTE && !this.#dialect.escapes;
      const from = isQuoted ? at + 1 : at;
      const to = isQuoted ? this.#closingQuote(from, end) : this.#fieldEnd(from, end);
      if (to === -1) return 'a quote in the wrong place';
      this.#starts[this.count] = from;
      this.#ends[this.count] = to;
      this.#quoted[this.count] = isQuoted;
      this.count++;
      at = isQuoted ? to + 1 : to;
      if (at === end) return undefined;
      at++;
    }
  }

  /** Whether a field is `\N`, which databases write for NULL. */
  isNull(field: number): boolean {
    const start = this.#starts[field]!;
    if (!this.#dialect.escapes || this.#ends[field] !== start + 2) return false;
    return this.#bytes[start] === BACKSLASH && this.#bytes[start + 1] === LETTER_N;
  }

  /** Writes a field's bytes, and returns where they end. */
  copy(field: number, out: Buffer, outStart: number): number {
    const bytes = this.#bytes;
    if (this.#dialect.escapes) {
      return copyUnescaped(bytes, this.#starts[field]!, this.#ends[field]!, out, outStart);
    }
    const isQuoted = this.#quoted[field];
    const end = this.#ends[field]!;
    let to = outStart;
    for (let at = this.#starts[field]!; at < end; at++) {
      const byte = bytes[at]!;
      out[to++] = byte;
      if (byte === QUOTE && isQuoted) at++;
    }
    return to;
  }

  text(field: number): string {
    if (this.#starts[field] === this.#ends[field]) return '';
    const out = Buffer.allocUnsafe(this.#ends[field]! - this.#starts[field]!);
    return out.toString('utf8', 0, this.copy(field, out, 0));
  }

  /** The quote that closes a field, followed by a separator or the end; else -1. */
  #closingQuote(from: number, end: number): number {
    for (let at = from; at < end; at++) {
      if (this.#bytes[at] !== QUOTE) continue;
      if (at + 1 === end || this.#bytes[at + 1] === this.#dialect.separator) return at;
      if (this.#bytes[at + 1] !== QUOTE) return -1;
      at++;
    }
    return -1;
  }

  #fieldEnd(from: number, end: number): number {
    const { separator, keepsInnerQuotes, escapes } = this.#dialect;
    for (let at = from; at < end; at++) {
      const byte = this.#bytes[at];
      if (escapes && byte === BACKSLASH) {
        // A separator after a backslash is part of the field.
        at++;
        continue;
      }
      if (byte === separator) return at;
      if (byte === QUOTE && !keepsInnerQuotes && !escapes) return -1;
    }
    return end;
  }
}

const LETTER_N = 0x4e;

/**
 * The meaning of a character after a backslash, as PostgreSQL and MySQL write it; others stand for
 * themselves.
 */
const escapedBytes: ReadonlyMap<number, number> = new Map(
  Object.entries({ b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '0': 0, Z: 26 }).map(
    ([letter, byte]) => [letter.charCodeAt(0), byte] as const,
  ),
);

/** Writes a field with its escapes decoded, and returns where it ends. */
function copyUnescaped(
  bytes: Buffer,
  start: number,
  end: number,
  out: Buffer,
  outStart: number,
): number {
  let to = outStart;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    const isEscape = byte === BACKSLASH && at + 1 < end;
    if (isEscape) at++;
    out[to++] = isEscape ? (escapedBytes.get(bytes[at]!) ?? bytes[at]!) : byte;
  }
  return to;
}
