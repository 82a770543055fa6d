/** The header, and the records of any kind, of CSV and TSV. */
import { isUtf8 } from 'node:buffer';
import { decodeBase64 } from '../bytes/base64.js';
import { Scratch } from '../bytes/scratch.js';
import { FormatError, type RecordSink } from '../format.js';
import { type CsvColumns, columnsOf } from './columns.js';
import type { CsvDialect } from './dialect.js';
import { CsvFields } from './fields.js';

export class CsvAnyRecord {
  /** What the header says, once it has been read. */
  columns: CsvColumns | undefined;
  readonly #sink: RecordSink;
  readonly #fields: CsvFields;
  readonly #scratch = new Scratch();

  constructor(dialect: CsvDialect, sink: RecordSink) {
    this.#sink = sink;
    this.#fields = new CsvFields(dialect);
  }

  /** Takes the header, or hands over a record, or rejects it with the reason. */
  read(line: number, bytes: Buffer, start: number, end: number): string | undefined {
    const fields = this.#fields;
    const isText = isUtf8(bytes.subarray(start, end));
    const reason = isText ? fields.split(bytes, start, end) : 'not valid UTF-8';
    if (!this.columns) {
      if (reason !== undefined) throw new FormatError(line, `in the header: ${reason}`);
      const names = Array.from({ length: fields.count }, (_, field) => fields.text(field));
      const columns = columnsOf(names, line);
      if (columns.unknown.length > 0) this.#sink.unknownColumns(line, columns.unknown);
      this.columns = columns;
      return undefined;
    }
    if (reason !== undefined) return reason;
    if (fields.count !== this.columns.count) return ragged(fields.count, this.columns.count);
    return this.#handOver(line, this.columns, end - start);
  }

  #handOver(line: number, columns: CsvColumns, roomBytes: number): string | undefined {
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
    this.#sink.record(line, { bytes: out, keyStart: 0, keyEnd, valueStart: keyEnd, valueEnd });
    return undefined;
  }
}

function ragged(count: number, expected: number): string {
  return `${count} ${count === 1 ? 'field' : 'fields'} where the header has ${expected}`;
}
