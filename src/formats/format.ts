/**
 * What a format is: a way from bytes to records, and from records to bytes. Pure and streaming: no
 * format touches a file, a store or a terminal, and none holds more than one record.
 */

/**
 * Bytes of the largest record that is handed over in one piece, as it stands in the input. A larger
 * one comes in pieces, where its format allows that; else it is rejected.
 */
export const WHOLE_RECORD_LIMIT_BYTES = 16 * 1024 * 1024;

export type FormatName = 'ndjson' | 'json' | 'csv' | 'tsv' | 'mdb';

export interface Format {
  /** `limitBytes` stands in for `WHOLE_RECORD_LIMIT_BYTES`. */
  decoder(sink: RecordSink, limitBytes?: number): Decoder;
  /** Absent where the format is only read. */
  encoder?(limitBytes?: number): Encoder;
}

export interface Decoder {
  /**
   * Takes the next bytes of the input, cut anywhere. Throws a FormatError, or what the sink threw,
   * and is then done; a value that has begun by then and not ended does not stand.
   */
  push(bytes: Uint8Array): void;
  /** The input has ended: takes what is left. Throws a FormatError where it ended too early. */
  end(): void;
}

/**
 * Where a decoder's records go, in the order of the input. Bytes that it is given are good for the
 * length of the call. `line` is the line of the input on which a record begins, from 1.
 */
export interface RecordSink {
  /**
   * A whole record: its key and its value are at these places of `bytes`. (Places, since a view of
   * each costs as much as reading the record: 3.9 against 8.3 million records a second.)
   */
  record(
    line: number,
    bytes: Buffer,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): void;
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
  /**
   * The end of a stretch of input: everything up to and with this line has been handed over. A value
   * of a later line may be on its way.
   */
  through(line: number): void;
}

/**
 * Bytes of records, gathered until they are taken. What comes before the first record is there from
 * the start.
 */
export interface Encoder {
  /** Bytes that wait to be taken. */
  readonly waiting: number;
  /**
   * Adds a record that is at these places of `bytes`, where its format takes it as it is; false,
   * with nothing added, where it does not: then `add` does. Most records are such, and this is
   * several times as fast.
   */
  addPlain(
    bytes: Buffer,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): boolean;
  /** Adds a record whose value is at hand. Throws a FormatError for what the format cannot hold. */
  add(key: string, value: Uint8Array): void;
  /** What has been added since the last time. It is the caller's. */
  take(): Buffer;
  /** What waits, then a record of any size in pieces. Throws as `add` does. */
  stream(record: OutgoingRecord): Iterable<Buffer>;
  /** What waits, and what comes after the last record. */
  end(): Buffer;
}

/** A record on its way out whose value is not at hand. */
export interface OutgoingRecord {
  readonly key: string;
  /** Bytes of the value. */
  readonly size: number;
  /** The value from its beginning, each time it is called: a format may have to look at it twice. */
  pieces(): Iterable<Uint8Array>;
}

/**
 * The input as a whole cannot be read on: a header is wrong, or the end is missing. Or, from an
 * encoder and with line 0: the format cannot hold a record.
 */
export class FormatError extends Error {
  /** The line of the input, from 1. */
  readonly line: number;

  constructor(line: number, reason: string) {
    super(reason);
    this.name = 'FormatError';
    this.line = line;
  }
}
