/** Reads CSV and TSV. */
import { CARRIAGE_RETURN, NEWLINE } from '../bytes/ascii.js';
import { FormatError, type ReadOptions, type RecordSink } from '../format.js';
import type { RecordReader } from '../record-splitter.js';
import { CsvAnyRecord } from './any-record.js';
import { type CsvDialect, dialectOf } from './dialect.js';
import { CsvRecordEnd } from './record-end.js';
import { CsvUsualRecord } from './usual-record.js';

export class CsvReader implements RecordReader {
  line = 1;
  readonly countsLines = true;
  readonly #sink: RecordSink;
  readonly #limit: number;
  readonly #dialect: CsvDialect;
  readonly #readOptions: ReadOptions;
  /** Whether each usual record needs a second look. */
  readonly #isUnusual: boolean;
  #scanner: CsvRecordEnd;
  #plain: CsvUsualRecord;
  #records: CsvAnyRecord;

  constructor(
    dialect: CsvDialect,
    sink: RecordSink,
    limitBytes: number,
    readOptions: ReadOptions | undefined,
  ) {
    this.#sink = sink;
    this.#limit = limitBytes;
    this.#readOptions = readOptions ?? {};
    this.#isUnusual = Boolean(readOptions?.row || readOptions?.base64 || readOptions?.escapes);
    this.#dialect = dialectOf(dialect, readOptions);
    this.#scanner = new CsvRecordEnd(this.#dialect);
    this.#plain = new CsvUsualRecord(this.#dialect);
    this.#records = new CsvAnyRecord(this.#dialect, sink, this.#readOptions);
  }

  get next(): number {
    return this.line;
  }

  between(bytes: Buffer, start: number, end: number, validEnd: number): number {
    const columns = this.#isUnusual ? undefined : this.#records.columns;
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
    if (to > start && !this.#isSeparatorLine(bytes, start, to)) {
      const reason = this.#records.read(this.line, bytes, start, to);
      if (reason !== undefined) this.#sink.reject(this.line, reason, bytes.subarray(start, end));
    }
    this.line += this.#scanner.newlines;
  }

  /**
   * Whether it is the line with which spreadsheets name the separator before the header; it applies
   * from there on, unless an option names one.
   */
  #isSeparatorLine(bytes: Buffer, start: number, end: number): boolean {
    if (this.#records.columns || this.line !== 1) return false;
    const separator = /^"?sep=([\t -~])"?$/i.exec(bytes.toString('latin1', start, end))?.[1];
    if (separator === undefined) return false;
    const said = this.#readOptions.separator ?? separator.charCodeAt(0);
    const dialect = { ...this.#dialect, separator: said };
    this.#scanner = new CsvRecordEnd(dialect);
    this.#plain = new CsvUsualRecord(dialect);
    this.#records = new CsvAnyRecord(dialect, this.#sink, this.#readOptions);
    return true;
  }

  cutOff(bytes: Buffer): void {
    if (!this.#scanner.isWithinQuotes) {
      this.whole(bytes, 0, bytes.length);
    } else if (this.#hasHeader) {
      this.#sink.reject(this.line, 'the input ends within quotes', bytes);
      this.line += this.#scanner.newlines;
    }
  }

  beginLong(head: Buffer): void {
    const reason = `over ${this.#limit} bytes`;
    if (!this.#hasHeader) throw new FormatError(this.line, `the header is ${reason}`);
    this.#sink.reject(this.line, reason, head);
  }

  longPiece(): void {}

  endLong(): void {
    this.line += this.#scanner.newlines;
  }

  end(): void {
    if (!this.#hasHeader) throw new FormatError(1, 'there is no header, "key,value"');
  }

  get #hasHeader(): boolean {
    return (this.#records.columns ?? this.#readOptions.columns) !== undefined;
  }
}
