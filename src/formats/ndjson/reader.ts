/** Reads the lines of NDJSON. */
import { CARRIAGE_RETURN, CLOSE_BRACE, NEWLINE, OPEN_BRACE } from '../bytes/ascii.js';
import type { ReadOptions, RecordSink } from '../format.js';
import { JsonAnyRecord } from '../json/any-record.js';
import { isJsonSpace } from '../json/bytes.js';
import { JsonChosenRecord } from '../json/chosen-record.js';
import { JsonLargeRecord } from '../json/large-record.js';
import { JsonUsualRecord } from '../json/usual-record.js';
import type { RecordReader } from '../record-splitter.js';

const cutOff = 'the last line is cut off';

export class NdjsonReader implements RecordReader {
  line = 1;
  readonly countsLines = true;
  readonly #sink: RecordSink;
  readonly #limit: number;
  readonly #usual = new JsonUsualRecord();
  readonly #records: JsonAnyRecord | JsonChosenRecord;
  /** Whether records are kv's own, and no option says otherwise. */
  readonly #isOwn: boolean;
  #large: JsonLargeRecord | undefined;

  constructor(sink: RecordSink, limitBytes: number, readOptions: ReadOptions | undefined) {
    this.#sink = sink;
    this.#limit = limitBytes;
    this.#records = readOptions ? new JsonChosenRecord(sink, readOptions) : new JsonAnyRecord(sink);
    this.#isOwn = readOptions === undefined;
  }

  get next(): number {
    return this.line;
  }

  between(bytes: Buffer, start: number, end: number, validEnd: number): number {
    const usual = this.#usual;
    let at = start;
    for (;;) {
      while (at < end && bytes[at] === NEWLINE) {
        this.line++;
        at++;
      }
      if (at >= validEnd || !this.#isOwn) return at;
      let lineEnd = usual.match(bytes, at);
      if (lineEnd === -1) return at;
      if (bytes[lineEnd] === CARRIAGE_RETURN) lineEnd++;
      if (bytes[lineEnd] !== NEWLINE) return at;
      this.#sink.record(this.line, usual);
      at = lineEnd;
    }
  }

  find(bytes: Buffer, at: number): number {
    return bytes.indexOf(NEWLINE, at);
  }

  whole(bytes: Buffer, start: number, end: number): void {
    const [from, to] = trim(bytes, start, end);
    if (from === to) return;
    const reason = this.#records.read(this.line, bytes, from, to);
    if (reason !== undefined) this.#sink.reject(this.line, reason, bytes.subarray(start, end));
  }

  cutOff(bytes: Buffer): void {
    const [from, to] = trim(bytes, 0, bytes.length);
    if (bytes[from] === OPEN_BRACE && bytes[to - 1] !== CLOSE_BRACE) {
      this.#sink.reject(this.line, cutOff, bytes);
    } else {
      this.whole(bytes, 0, bytes.length);
    }
  }

  beginLong(head: Buffer): void {
    if (this.#isOwn) this.#large = new JsonLargeRecord(this.line, this.#sink, this.#limit, head);
    else this.#sink.reject(this.line, `over ${this.#limit} bytes`, head);
  }

  longPiece(bytes: Buffer, start: number, end: number): void {
    this.#large?.push(bytes, start, end);
  }

  endLong(isCutOff: boolean): void {
    this.#large?.end(isCutOff ? cutOff : undefined);
    this.#large = undefined;
  }

  end(): void {}
}

/** The range without white space at its ends. */
function trim(bytes: Buffer, start: number, end: number): [from: number, to: number] {
  let from = start;
  let to = end;
  while (from < to && isJsonSpace(bytes[from])) from++;
  while (from < to && isJsonSpace(bytes[to - 1])) to--;
  return [from, to];
}
