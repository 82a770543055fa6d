/**
 * Shared by all decoders: takes input cut anywhere and gives records, whole if they are within the
 * limit and otherwise in pieces, wherever the input was cut.
 */
import { isUtf8 } from 'node:buffer';
import { NEWLINE } from './bytes/ascii.js';
import { HeldBytes } from './bytes/held-bytes.js';
import type { Decoder, RecordSink } from './format.js';
import { InputHead } from './input-head.js';

/** What a format knows of its records. `end` is the end of `bytes`; all ranges are half-open. */
export interface RecordReader {
  /** The line or number of the current or next record: see `AnyFormat.counts`. */
  readonly next: number;
  /** Whether the input's last line counts even without a newline. */
  readonly countsLines: boolean;
  /**
   * Skips what is between records, and hands records over itself if that is fast. Up to `validEnd`,
   * which follows a newline, the bytes are UTF-8; beyond it that is unknown. Returns where a record
   * begins that it leaves to the other methods, or `end`.
   */
  between(bytes: Buffer, at: number, end: number, validEnd: number): number;
  /** Where the record that begins, or continues, at `at` ends; -1 if that is not before `end`. */
  find(bytes: Buffer, at: number, end: number): number;
  /** A record found by `find`. */
  whole(bytes: Buffer, start: number, end: number): void;
  /** The input ended inside this record. */
  cutOff(bytes: Buffer): void;
  /** A record over the limit, from its beginning to the limit. */
  beginLong(head: Buffer): void;
  longPiece(bytes: Buffer, start: number, end: number): void;
  endLong(isCutOff: boolean): void;
  /** The end of the input. */
  end(): void;
}

export class RecordSplitter implements Decoder {
  readonly #reader: RecordReader;
  readonly #sink: RecordSink;
  readonly #limit: number;
  readonly #held: HeldBytes;
  readonly #head = new InputHead();
  #state: 'between' | 'within' | 'long' = 'between';
  #through = 0;
  /** Whether the input so far ends with a newline, or is empty. */
  #endsLine = true;

  constructor(reader: RecordReader, sink: RecordSink, limitBytes: number) {
    this.#reader = reader;
    this.#sink = sink;
    this.#limit = limitBytes;
    this.#held = new HeldBytes(limitBytes);
  }

  push(input: Uint8Array): void {
    const bytes = Buffer.from(input.buffer, input.byteOffset, input.length);
    if (bytes.length > 0) this.#endsLine = bytes[bytes.length - 1] === NEWLINE;
    try {
      this.#pieces(this.#head.push(bytes));
    } finally {
      this.#sayThrough(this.#reader.next - 1);
    }
  }

  end(): void {
    let through = this.#reader.next - 1;
    try {
      this.#pieces(this.#head.end());
      if (this.#state === 'within') this.#reader.cutOff(this.#held.view());
      if (this.#state === 'long') this.#reader.endLong(true);
      this.#reader.end();
      const { next, countsLines } = this.#reader;
      through = countsLines && !this.#endsLine ? next : next - 1;
    } finally {
      this.#sayThrough(through);
    }
  }

  /**
   * No piece is longer than the limit, so that records over it are noticed wherever the input is
   * cut.
   */
  #pieces(bytes: Buffer): void {
    let at = 0;
    for (; bytes.length - at > this.#limit; at += this.#limit) {
      this.#stretch(bytes.subarray(at, at + this.#limit));
    }
    this.#stretch(at === 0 ? bytes : bytes.subarray(at));
  }

  #stretch(bytes: Buffer): void {
    const reader = this.#reader;
    const end = bytes.length;
    let at = this.#state === 'between' ? 0 : this.#goOn(bytes, end);
    if (at === end) return;
    const linesEnd = bytes.lastIndexOf(NEWLINE) + 1;
    const validEnd = at < linesEnd && isUtf8(bytes.subarray(at, linesEnd)) ? linesEnd : at;
    for (;;) {
      at = reader.between(bytes, at, end, validEnd);
      if (at === end) return;
      const stop = reader.find(bytes, at, end);
      if (stop === -1) {
        this.#state = 'within';
        this.#hold(bytes, at, end);
        return;
      }
      reader.whole(bytes, at, stop);
      at = stop;
    }
  }

  /** Continues a record that began before these bytes. Returns where it ends. */
  #goOn(bytes: Buffer, end: number): number {
    const found = this.#reader.find(bytes, 0, end);
    const stop = found === -1 ? end : found;
    this.#hold(bytes, 0, stop);
    if (found === -1) return end;
    if (this.#state === 'long') this.#reader.endLong(false);
    else this.#reader.whole(this.#held.view(), 0, this.#held.length);
    this.#held.drop();
    this.#state = 'between';
    return stop;
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    let at = start;
    if (this.#state === 'within') {
      at = this.#held.append(bytes, start, end);
      if (at === end) return;
      this.#state = 'long';
      this.#reader.beginLong(this.#held.view());
      this.#held.drop();
    }
    this.#reader.longPiece(bytes, at, end);
  }

  #sayThrough(at: number): void {
    if (at <= this.#through) return;
    this.#through = at;
    this.#sink.through(at);
  }
}
