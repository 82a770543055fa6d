/**
 * Reads the elements of a JSON array. One of the wrong shape is rejected; where the JSON itself is
 * broken nothing behind it can be trusted, so that the whole input fails there.
 */
import { isUtf8 } from 'node:buffer';
import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, NEWLINE, OPEN_BRACKET } from '../bytes/ascii.js';
import { FormatError, type RecordSink } from '../format.js';
import type { RecordReader } from '../record-splitter.js';
import { JsonAnyRecord } from './any-record.js';
import { isJsonSpace } from './bytes.js';
import { JsonLargeRecord } from './large-record.js';
import { notJson } from './record.js';
import { JsonUsualRecord } from './usual-record.js';
import { JsonValueEnd } from './value-end.js';

export class JsonArrayReader implements RecordReader {
  line = 1;
  readonly #sink: RecordSink;
  readonly #limit: number;
  readonly #records: JsonAnyRecord;
  readonly #usual = new JsonUsualRecord();
  readonly #scanner = new JsonValueEnd();
  #large: JsonLargeRecord | undefined;
  #expected: 'array' | 'element or end' | 'element' | 'comma or end' | 'nothing' = 'array';

  constructor(sink: RecordSink, limitBytes: number) {
    this.#sink = sink;
    this.#limit = limitBytes;
    this.#records = new JsonAnyRecord(sink);
  }

  between(bytes: Buffer, start: number, end: number): number {
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === NEWLINE) this.line++;
      if (isJsonSpace(byte)) continue;
      if (this.#beginsElement(byte)) {
        this.#scanner.begin();
        return at;
      }
    }
    return end;
  }

  find(bytes: Buffer, at: number, end: number): number {
    return this.#scanner.find(bytes, at, end);
  }

  whole(bytes: Buffer, start: number, end: number): void {
    const usual = this.#usual;
    if (isUtf8(bytes.subarray(start, end)) && usual.match(bytes, start) === end) {
      const { bytes: from, keyStart, keyEnd, valueStart, valueEnd } = usual;
      this.#sink.record(this.line, from, keyStart, keyEnd, valueStart, valueEnd);
    } else {
      this.#readUnusual(bytes, start, end);
    }
    this.#elementEnds();
  }

  cutOff(): void {
    throw new FormatError(this.line, 'the input ends within an element');
  }

  beginLong(head: Buffer): void {
    this.#large = new JsonLargeRecord(this.line, this.#sink, this.#limit, head);
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
    if (this.#expected !== 'nothing') throw new FormatError(this.line, 'the array is not closed');
  }

  #readUnusual(bytes: Buffer, start: number, end: number): void {
    const reason = this.#records.read(this.line, bytes, start, end);
    if (reason === undefined) return;
    this.#throwIfBroken(reason);
    this.#sink.reject(this.line, reason, bytes.subarray(start, end));
  }

  /** Takes a byte outside of the elements; true where it is the first of one. */
  #beginsElement(byte: number): boolean {
    switch (this.#expected) {
      case 'array':
        if (byte !== OPEN_BRACKET) throw new FormatError(this.line, 'not a JSON array');
        this.#expected = 'element or end';
        return false;
      case 'element or end':
        if (byte !== CLOSE_BRACKET) return this.#beginsValue(byte);
        this.#expected = 'nothing';
        return false;
      case 'element':
        return this.#beginsValue(byte);
      case 'comma or end':
        if (byte !== COMMA && byte !== CLOSE_BRACKET) throw new FormatError(this.line, notJson);
        this.#expected = byte === COMMA ? 'element' : 'nothing';
        return false;
      case 'nothing':
        throw new FormatError(this.line, 'something follows the array');
      default:
        return this.#expected satisfies never;
    }
  }

  #beginsValue(byte: number): boolean {
    if (byte === COMMA || byte === CLOSE_BRACKET || byte === CLOSE_BRACE) {
      throw new FormatError(this.line, notJson);
    }
    return true;
  }

  #elementEnds(): void {
    this.line += this.#scanner.newlines;
    this.#expected = 'comma or end';
  }

  #throwIfBroken(reason: string | undefined): void {
    if (reason === notJson) throw new FormatError(this.line, reason);
  }
}
