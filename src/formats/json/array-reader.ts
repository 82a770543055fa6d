/**
 * Reads the elements of a JSON array. An element of the wrong shape is rejected; after broken JSON
 * nothing can be trusted, so the whole input fails there.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
} from '../bytes/ascii.js';
import { FormatError, type ReadOptions, type RecordSink } from '../format.js';
import type { RecordReader } from '../record-splitter.js';
import { JsonAnyRecord } from './any-record.js';
import { isJsonSpace } from './bytes.js';
import { JsonChosenRecord } from './chosen-record.js';
import { JsonLargeRecord } from './large-record.js';
import { notJson } from './record.js';
import { JsonUsualRecord } from './usual-record.js';
import { JsonValueEnd } from './value-end.js';

export class JsonArrayReader implements RecordReader {
  readonly countsLines = false;
  /** The number of the next record. */
  next = 1;
  #line = 1;
  /** Characters between the beginning of the line and the reader's position. */
  #column = 0;
  /** Where the current element begins. */
  #start = { line: 1, column: 1 };
  /** The bytes checked last, and whether each of them is a character. */
  #bytes: Buffer | undefined;
  #isAscii = true;
  readonly #sink: RecordSink;
  readonly #limit: number;
  readonly #records: JsonAnyRecord | JsonChosenRecord;
  /** Whether records are kv's own, and no option says otherwise. */
  readonly #isOwn: boolean;
  readonly #usual = new JsonUsualRecord();
  readonly #scanner = new JsonValueEnd();
  #large: JsonLargeRecord | undefined;
  #expected: 'array' | 'element or end' | 'element' | 'comma or end' | 'nothing' = 'array';

  constructor(sink: RecordSink, limitBytes: number, readOptions: ReadOptions | undefined) {
    this.#sink = sink;
    this.#limit = limitBytes;
    this.#records = readOptions ? new JsonChosenRecord(sink, readOptions) : new JsonAnyRecord(sink);
    this.#isOwn = readOptions === undefined;
  }

  between(bytes: Buffer, start: number, end: number): number {
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (!isJsonSpace(byte) && this.#beginsElement(byte)) {
        this.#start = { line: this.#line, column: this.#column + 1 };
        this.#sink.place(this.#line, this.#column + 1);
        this.#scanner.begin();
        return at;
      }
      this.#column++;
      if (byte === NEWLINE) {
        this.#line++;
        this.#column = 0;
      }
    }
    return end;
  }

  find(bytes: Buffer, at: number, end: number): number {
    const { newlines } = this.#scanner;
    const found = this.#scanner.find(bytes, at, end);
    const to = found === -1 ? end : found;
    this.#line += this.#scanner.newlines - newlines;
    if (this.#scanner.newlines === newlines) {
      this.#column += this.#characters(bytes, at, to);
    } else {
      this.#column = this.#characters(bytes, bytes.lastIndexOf(NEWLINE, to - 1) + 1, to);
    }
    return found;
  }

  whole(bytes: Buffer, start: number, end: number): void {
    const usual = this.#usual;
    const mayBe = this.#isOwn && isUtf8(bytes.subarray(start, end));
    if (mayBe && usual.match(bytes, start) === end) {
      this.#sink.record(this.next, usual);
    } else {
      this.#readUnusual(bytes, start, end);
    }
    this.#elementEnds();
  }

  cutOff(): void {
    throw this.#brokenElement('the input ends within an element');
  }

  beginLong(head: Buffer): void {
    if (this.#isOwn) this.#large = new JsonLargeRecord(this.next, this.#sink, this.#limit, head);
    else this.#sink.reject(this.next, `over ${this.#limit} bytes`, head);
  }

  longPiece(bytes: Buffer, start: number, end: number): void {
    this.#large?.push(bytes, start, end);
  }

  endLong(isCutOff: boolean): void {
    this.#large?.end();
    if (isCutOff) this.cutOff();
    this.#throwIfBroken(this.#large?.reason);
    this.#large = undefined;
    this.#elementEnds();
  }

  end(): void {
    if (this.#expected !== 'nothing') throw this.#fault('the array is not closed');
  }

  #readUnusual(bytes: Buffer, start: number, end: number): void {
    const reason = this.#records.read(this.next, bytes, start, end);
    if (reason === undefined) return;
    this.#throwIfBroken(reason);
    this.#sink.reject(this.next, reason, bytes.subarray(start, end));
  }

  /** Takes a byte between the elements; true if it begins one. */
  #beginsElement(byte: number): boolean {
    switch (this.#expected) {
      case 'array':
        if (byte !== OPEN_BRACKET) throw this.#fault('not a JSON array', hintFor(byte));
        this.#expected = 'element or end';
        return false;
      case 'element or end':
        if (byte !== CLOSE_BRACKET) return this.#beginsValue(byte);
        this.#expected = 'nothing';
        return false;
      case 'element':
        return this.#beginsValue(byte);
      case 'comma or end':
        if (byte !== COMMA && byte !== CLOSE_BRACKET) throw this.#fault(notJson);
        this.#expected = byte === COMMA ? 'element' : 'nothing';
        return false;
      case 'nothing':
        throw this.#fault('something follows the array');
      default:
        return this.#expected satisfies never;
    }
  }

  #beginsValue(byte: number): boolean {
    if (byte === COMMA || byte === CLOSE_BRACKET || byte === CLOSE_BRACE) {
      throw this.#fault(notJson);
    }
    return true;
  }

  #elementEnds(): void {
    this.next++;
    this.#expected = 'comma or end';
  }

  #throwIfBroken(reason: string | undefined): void {
    if (reason === notJson) throw this.#brokenElement(reason);
  }

  /** A fault at the reader's position. */
  #fault(reason: string, more: FormatError['more'] = {}): FormatError {
    return new FormatError(this.#line, reason, { column: this.#column + 1, ...more });
  }

  #brokenElement(reason: string): FormatError {
    const { line, column } = this.#start;
    return new FormatError(line, reason, { column, record: this.next });
  }

  /** The number of characters in a range. */
  #characters(bytes: Buffer, start: number, end: number): number {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#isAscii = isAscii(bytes);
    }
    let count = end - start;
    if (this.#isAscii) return count;
    for (let at = start; at < end; at++) if ((bytes[at]! & 0xc0) === 0x80) count--;
    return count;
  }
}

/** What to do about an input that begins otherwise. */
function hintFor(byte: number): FormatError['more'] {
  return byte === OPEN_BRACE
    ? { hint: 'for objects one a line, as jq -c writes them: --format ndjson' }
    : {};
}
