/** Reads the header and all kinds of records of CSV and TSV. */
import { isUtf8 } from 'node:buffer';
import { decodeBase64 } from '../bytes/base64.js';
import { Scratch } from '../bytes/scratch.js';
import { type ExpiryFields, FormatError, type ReadOptions, type RecordSink } from '../format.js';
import { type CsvColumns, columnsOf } from './columns.js';
import type { CsvDialect } from './dialect.js';
import { CsvFields } from './fields.js';

export class CsvAnyRecord {
  /** The header's columns, once it has been read. */
  columns: CsvColumns | undefined;
  readonly #sink: RecordSink;
  readonly #fields: CsvFields;
  readonly #scratch = new Scratch();

  readonly #readOptions: ReadOptions;

  constructor(dialect: CsvDialect, sink: RecordSink, readOptions: ReadOptions) {
    this.#readOptions = readOptions;
    this.#sink = sink;
    this.#fields = new CsvFields(dialect);
  }

  /** Takes the header, or hands a record over, or returns the reason to reject it. */
  read(line: number, bytes: Buffer, start: number, end: number): string | undefined {
    const fields = this.#fields;
    const isText = isUtf8(bytes.subarray(start, end));
    const reason = isText ? fields.split(bytes, start, end) : 'not valid UTF-8';
    if (!this.columns && this.#readOptions.columns) {
      this.columns = columnsOf(this.#readOptions.columns, line, this.#readOptions);
    }
    if (!this.columns) {
      if (reason !== undefined) throw new FormatError(line, `in the header: ${reason}`);
      const names = Array.from({ length: fields.count }, (_, field) => fields.text(field));
      const columns = columnsOf(names, line, this.#readOptions);
      if (columns.unknown.length > 0) this.#sink.unknownColumns(line, columns.unknown);
      this.columns = columns;
      return undefined;
    }
    if (reason !== undefined) return reason;
    // The end of a dump of PostgreSQL.
    if (
      this.#readOptions.escapes &&
      end - start === 2 &&
      bytes.toString('latin1', start, end) === '\\.'
    )
      return undefined;
    if (fields.count !== this.columns.count) {
      const header = this.#readOptions.columns ? '--columns has' : 'the header has';
      return `${countOf(fields.count)} where ${header} ${this.columns.count}`;
    }
    return this.#handOver(line, this.columns, end - start);
  }

  #handOver(line: number, columns: CsvColumns, roomBytes: number): string | undefined {
    const fields = this.#fields;
    if (fields.isNull(columns.key)) return 'its key is NULL';
    if (columns.value === -1) return this.#handOverRow(line, columns);
    if (fields.isNull(columns.value)) return 'its value is NULL';
    const flag = columns.base64 === -1 ? '' : fields.text(columns.base64);
    if (flag !== '' && flag !== 'true' && flag !== 'false') {
      return '"base64" is not true, false or empty';
    }
    const out = this.#scratch.room(roomBytes);
    const keyEnd = fields.copy(columns.key, out, 0);
    let valueEnd = fields.copy(columns.value, out, keyEnd);
    if (flag === 'true' || this.#readOptions.base64) {
      const length = decodeBase64(out, keyEnd, valueEnd, out, keyEnd);
      if (length === -1) return '"value" is not base64';
      valueEnd = keyEnd + length;
    }
    const expires = this.#expires(columns);
    if (typeof expires === 'string') return expires;
    const span = { bytes: out, keyStart: 0, keyEnd, valueStart: keyEnd, valueEnd };
    this.#sink.record(line, span, expires);
    return undefined;
  }

  /** The value is an object with a member for each column. */
  #handOverRow(line: number, { names, key }: CsvColumns): undefined {
    const fields = this.#fields;
    const members = names.map((name, field) => {
      const text = fields.isNull(field) ? 'null' : JSON.stringify(fields.text(field));
      return `${JSON.stringify(name.trim())}:${text}`;
    });
    const value = `{${members.join(',')}}`;
    const keyText = fields.text(key);
    const out = this.#scratch.room(Buffer.byteLength(keyText) + Buffer.byteLength(value));
    const keyEnd = out.write(keyText);
    const valueEnd = keyEnd + out.write(value, keyEnd);
    this.#sink.record(line, { bytes: out, keyStart: 0, keyEnd, valueStart: keyEnd, valueEnd });
  }

  /**
   * When the record expires, undefined for never, or the reason why that is invalid. An empty field
   * says nothing.
   */
  #expires({ expiry }: CsvColumns): number | string | undefined {
    const fields: Partial<Record<keyof ExpiryFields, string>> = {};
    for (const { name, column } of expiry) {
      const text = this.#fields.isNull(column) ? '' : this.#fields.text(column);
      if (text !== '') fields[name] = text;
    }
    return Object.keys(fields).length === 0 ? undefined : this.#sink.expiresOf(fields);
  }
}

function countOf(count: number): string {
  return count === 1 ? '1 field' : `${count} fields`;
}
