/** Reads CSV and TSV. */
import { CARRIAGE_RETURN, NEWLINE } from '../bytes/ascii.js';
import { FormatError, type RecordSink } from '../format.js';
import type { RecordReader } from '../record-splitter.js';
import { CsvAnyRecord } from './any-record.js';
import type { CsvDialect } from './dialect.js';
import { CsvRecordEnd } from './record-end.js';
import { CsvUsualRecord } from './usual-record.js';

export class CsvReader implements RecordReader {
  line = 1;
  readonly countsLines = true;
  readonly #sink: RecordSink;
  readonly #limit: number;
  readonly #scanner: CsvRecordEnd;
  readonly #plain: CsvUsualRecord;
  readonly #records: CsvAnyRecord;

  constructor(dialect: CsvDialect, sink: RecordSink, limitBytes: number) {
    this.#sink = sink;
    this.#limit = limitBytes;
    this.#scanner = new CsvRecordEnd(dialect);
    this.#plain = new CsvUsualRecord(dialect);
    this.#records = new CsvAnyRecord(dialect, sink);
  }

  get next(): number {
    return this.line;
  }

  between(bytes: Buffer, start: number, end: number, validEnd: number): number {
    const { columns } = this.#records;
    const plain = this.#plain;
    this.#scanner.begin();
    let at = start;
    for (;;) {
      while (at < end && bytes[at] === NEWLINE) {
        this.line++;
        at++;
      }
      const lineEnd = columns && at < validEnd ? plain.match(bytes, at, columns) : -1;
      if (lineEnd === -1) return at;
      this.#sink.record(this.line, plain);
      at = lineEnd;
    }
  }

  find(bytes: Buffer, at: number, end: number): number {
    return this.#scanner.find(bytes, at, end);
  }

  whole(bytes: Buffer, start: number, end: number): void {
    const to = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    if (to > start) {
      const reason = this.#records.read(this.line, bytes, start, to);
      if (reason !== undefined) this.#sink.reject(this.line, reason, bytes.subarray(start, end));
    }
    this.line += this.#scanner.newlines;
  }

  cutOff(bytes: Buffer): void {
    if (!this.#scanner.isWithinQuotes) {
      this.whole(bytes, 0, bytes.length);
    } else if (this.#records.columns) {
      this.#sink.reject(this.line, 'the input ends within quotes', bytes);
      this.line += this.#scanner.newlines;
    }
  }

  beginLong(head: Buffer): void {
    const reason = `over ${this.#limit} bytes`;
    if (!this.#records.columns) throw new FormatError(this.line, `the header is ${reason}`);
    this.#sink.reject(this.line, reason, head);
  }

  longPiece(): void {}

  endLong(): void {
    this.line += this.#scanner.newlines;
  }

  end(): void {
    if (!this.#records.columns) throw new FormatError(1, 'there is no header, "key,value"');
  }
}
