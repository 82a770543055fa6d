/**
 * Reads dumps of LMDB. A malformed line is rejected with its record; if lines are missing, keys and
 * values could be mistaken for each other, so the whole input fails there.
 */
import { NEWLINE, SPACE } from '../bytes/ascii.js';
import { FormatError, type RecordSink } from '../format.js';
import type { RecordReader } from '../record-splitter.js';
import { MdbAnyRecord } from './any-record.js';
import { MdbHeader } from './header.js';
import type { MdbLargeValue } from './large-value.js';
import { dataEnd, headerEnd } from './lines.js';

export class MdbReader implements RecordReader {
  line = 1;
  readonly countsLines = true;
  readonly #sink: RecordSink;
  readonly #limit: number;
  /** The database's header; undefined once the database has ended. */
  #header: MdbHeader | undefined = new MdbHeader();
  /** Reads the records, between the header's end and `DATA=END`. */
  #records: MdbAnyRecord | undefined;
  /** Whether two lines, a key's and a value's, are being read. */
  #isPair = false;
  /** Whether the end of the key's line has been found. */
  #hasKey = false;
  #large: MdbLargeValue | undefined;

  constructor(sink: RecordSink, limitBytes: number) {
    this.#sink = sink;
    this.#limit = limitBytes;
  }

  get next(): number {
    return this.line;
  }

  between(bytes: Buffer, start: number, end: number): number {
    let at = start;
    while (at < end && bytes[at] === NEWLINE) {
      this.line++;
      at++;
    }
    this.#isPair = this.#records !== undefined && bytes[at] === SPACE;
    this.#hasKey = false;
    return at;
  }

  find(bytes: Buffer, at: number): number {
    const lineEnd = bytes.indexOf(NEWLINE, at);
    if (lineEnd === -1 || !this.#isPair || this.#hasKey) return lineEnd;
    this.#hasKey = true;
    return bytes.indexOf(NEWLINE, lineEnd + 1);
  }

  whole(bytes: Buffer, start: number, end: number): void {
    if (this.#isPair) {
      this.#records?.read(this.line, bytes, start, end);
      this.line++;
    } else {
      this.#takeLine(bytes.subarray(start, end));
    }
  }

  cutOff(bytes: Buffer): void {
    // An incomplete pair is not the end of a dump, so `end` fails.
    if (!this.#isPair) this.whole(bytes, 0, bytes.length);
    else if (this.#hasKey) this.line++;
  }

  beginLong(head: Buffer): void {
    if (!this.#isPair) throw new FormatError(this.line, `a line over ${this.#limit} bytes`);
    this.#large = this.#records?.begin(this.line, head);
  }

  longPiece(bytes: Buffer, start: number, end: number): void {
    this.#large?.push(bytes, start, end);
  }

  endLong(isCutOff: boolean): void {
    this.#large?.end(isCutOff);
    this.#large = undefined;
    if (this.#hasKey) this.line++;
  }

  end(): void {
    if (this.#records) throw new FormatError(this.line, `${dataEnd} is missing`);
    if (this.#header) throw new FormatError(this.line, `${headerEnd} is missing`);
  }

  /** Takes a line of a header, or the line after all records. */
  #takeLine(bytes: Buffer): void {
    if (!this.#records) {
      this.#header ??= new MdbHeader();
      if (this.#header.take(bytes, this.line)) {
        const { unknown } = this.#header;
        if (unknown.length > 0) this.#sink.unknownHeaders(this.line, unknown);
        this.#sink.database(this.line, this.#header.database);
        this.#records = new MdbAnyRecord(this.#sink, this.#header.text);
      }
    } else if (bytes.toString().trimEnd() === dataEnd) {
      this.#records = undefined;
      this.#header = undefined;
    } else {
      throw new FormatError(this.line, `neither a key nor ${dataEnd}`);
    }
  }
}
