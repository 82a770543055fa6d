/**
 * What a format is: a way from bytes to records, and from records to bytes. Pure and streaming: no
 * format touches a file, a store or a terminal, and none holds more than one record.
 */

/**
 * Bytes of the largest record that is handed over in one piece. A larger value comes in pieces,
 * where its format allows that; else the record is rejected.
 */
export const WHOLE_RECORD_LIMIT_BYTES = 16 * 1024 * 1024;

/** Where a decoder's records go. Bytes that it is given are good for the length of the call. */
export interface RecordSink {
  /** A whole record. `line`: the line of the input on which it begins, from 1. */
  record(line: number, key: Uint8Array, value: Uint8Array): void;
  /** The beginning of a record over the limit; its value follows in pieces, up to `endValue`. */
  beginValue(line: number, key: Uint8Array): void;
  valuePiece(bytes: Uint8Array): void;
  endValue(): void;
  /** The record turned out to be malformed after `beginValue`: nothing of it stands. */
  abandonValue(line: number, reason: string): void;
  /**
   * What is no record, as it was (cut off at the limit), and why: a phrase such as `not JSON`. The
   * decoder goes on with the next record.
   */
  reject(line: number, reason: string, raw: Uint8Array): void;
  /** The end of a stretch of input: everything up to and with this line has been handed over. */
  through(line: number): void;
}

export interface Decoder {
  /** Takes the next bytes of the input, cut anywhere. Throws a FormatError, and is then done. */
  push(bytes: Uint8Array): void;
  /** The input has ended: takes what is left. Throws a FormatError where it ended too early. */
  end(): void;
}

/** The input as a whole cannot be read on: a header is wrong, or the end is missing. */
export class FormatError extends Error {
  /** The line of the input, from 1. */
  readonly line: number;

  constructor(line: number, reason: string) {
    super(reason);
    this.name = 'FormatError';
    this.line = line;
  }
}

/** A record on its way out. */
export interface OutgoingRecord {
  readonly key: string;
  /** Bytes of the value. */
  readonly size: number;
  /** The value from its beginning, each time it is called: a format may have to look at it twice. */
  pieces(): Iterable<Uint8Array>;
}

export interface Encoder {
  /** What comes before the first record. */
  begin(): Iterable<Uint8Array | string>;
  /** Throws a FormatError (line 0) for what the format cannot hold. */
  record(record: OutgoingRecord): Iterable<Uint8Array | string>;
  end(): Iterable<Uint8Array | string>;
}

export interface Format {
  readonly name: FormatName;
  /** Endings of file names, without the dot, that stand for it. */
  readonly extensions: readonly string[];
  decoder(sink: RecordSink): Decoder;
  /** Absent where the format is only read. */
  encoder?(): Encoder;
}

export type FormatName = 'ndjson' | 'json' | 'csv' | 'tsv' | 'mdb';
