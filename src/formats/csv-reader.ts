/** Reads the records of CSV and TSV. */
import { isUtf8 } from 'node:buffer';
import { CARRIAGE_RETURN, NEWLINE } from './ascii.js';
import { decodeBase64 } from './base64.js';
import { type CsvColumns, columnsOf } from './csv-columns.js';
import type { CsvDialect } from './csv-dialect.js';
import { CsvFields } from './csv-fields.js';
import { CsvPlainRecord } from './csv-plain-record.js';
import { CsvScanner } from './csv-scanner.js';
import { FormatError, type RecordSink } from './format.js';
import type { RecordReader } from './record-splitter.js';
import { Scratch } from './scratch.js';

export class CsvReader implements RecordReader {
  line = 1;
  readonly #sink: RecordSink;
  readonly #limit: number;
  readonly #scanner: CsvScanner;
  readonly #fields: CsvFields;
  readonly #plain: CsvPlainRecord;
  readonly #scratch = new Scratch();
  #columns: CsvColumns | undefined;

  constructor(dialect: CsvDialect, sink: RecordSink, limitBytes: number) {
    this.#sink = sink;
    this.#limit = limitBytes;
    this.#scanner = new CsvScanner(dialect);
    this.#fields = new CsvFields(dialect);
    this.#plain = new CsvPlainRecord(dialect);
  }

  between(bytes: Buffer, start: number, end: number, validEnd: number): number {
    const columns = this.#columns;
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
      const { keyStart, keyEnd, valueStart, valueEnd } = plain;
      this.#sink.record(this.line, bytes, keyStart, keyEnd, valueStart, valueEnd);
      at = lineEnd;
    }
  }

  find(bytes: Buffer, at: number, end: number): number {
    return this.#scanner.find(bytes, at, end);
  }

  whole(bytes: Buffer, start: number, end: number): void {
    const to = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    if (to > start) {
      const reason = this.#read(bytes, start, to);
      if (reason !== undefined) this.#sink.reject(this.line, reason, bytes.subarray(start, end));
    }
    this.line += this.#scanner.newlines;
  }

  cutOff(bytes: Buffer): void {
    if (!this.#scanner.isWithinQuotes) {
      this.whole(bytes, 0, bytes.length);
    } else if (this.#columns) {
      this.#sink.reject(this.line, 'the input ends within quotes', bytes);
      this.line += this.#scanner.newlines;
    }
  }

  beginLong(head: Buffer): void {
    const reason = `over ${this.#limit} bytes`;
    if (!this.#columns) throw new FormatError(this.line, `the header is ${reason}`);
    this.#sink.reject(this.line, reason, head);
  }

  longPiece(): void {}

  endLong(): void {
    this.line += this.#scanner.newlines;
  }

  end(): void {
    if (!this.#columns) throw new FormatError(1, 'there is no header, "key,value"');
  }

  /** Takes the header, or hands over a record of any kind; or says why it is none. */
  #read(bytes: Buffer, start: number, end: number): string | undefined {
    const reason = isUtf8(bytes.subarray(start, end))
      ? this.#fields.split(bytes, start, end)
      : 'not valid UTF-8';
    const { count } = this.#fields;
    if (!this.#columns) {
      if (reason !== undefined) throw new FormatError(this.line, `in the header: ${reason}`);
      const names = Array.from({ length: count }, (_, field) => this.#fields.text(field));
      this.#columns = columnsOf(names, this.line);
      return undefined;
    }
    if (reason !== undefined) return reason;
    if (count === this.#columns.count) return this.#handOver(this.#columns, end - start);
    return `${count} ${count === 1 ? 'field' : 'fields'} where the header has ${this.#columns.count}`;
  }

  #handOver(columns: CsvColumns, roomBytes: number): string | undefined {
    const fields = this.#fields;
    const flag = columns.base64 === -1 ? '' : fields.text(columns.base64);
    if (flag !== '' && flag !== 'true' && flag !== 'false') {
      return '"base64" is not true, false or empty';
    }
    const out = this.#scratch.room(roomBytes);
    const keyEnd = fields.copy(columns.key, out, 0);
    let valueEnd = fields.copy(columns.value, out, keyEnd);
    if (flag === 'true') {
      const length = decodeBase64(out, keyEnd, valueEnd, out, keyEnd);
      if (length === -1) return '"value" is not base64';
      valueEnd = keyEnd + length;
    }
    this.#sink.record(this.line, out, 0, keyEnd, keyEnd, valueEnd);
    return undefined;
  }
}
