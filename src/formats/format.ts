/**
 * What a format is: a way from bytes to records, and from records to bytes. Pure and streaming: no
 * format touches a file, a store or a terminal, and none holds more than one record.
 */

/**
 * Bytes of the largest record that is handed over in one piece, as it stands in the input. A larger
 * one comes in pieces, where its format allows that; else it is rejected.
 */
export const WHOLE_RECORD_LIMIT_BYTES = 16 * 1024 * 1024;

export type FormatName = 'ndjson' | 'json' | 'csv' | 'tsv' | 'mdb' | 'files';

/** Those that are streams of bytes: all but a folder of files. */
export type StreamFormatName = Exclude<FormatName, 'files'>;

/** What holds of a format, be it a stream of bytes or a folder. */
export interface AnyFormat {
  /**
   * What its records are counted by, from 1: the line on which each begins, or, where several may
   * stand on one line, each by itself.
   */
  readonly counts: 'line' | 'record' | 'file';
  /** What to do where a record cannot be read because the input is of another kind, or is read otherwise. */
  remedy?(record: Uint8Array, reading: Reading | undefined): Remedy | undefined;
}

/** How records are read that are not as kv writes them; each absent where they are. */
export interface Reading {
  /** The column, or member, that holds the key, and the one that holds the value. */
  readonly key?: string | undefined;
  readonly value?: string | undefined;
  /**
   * The value is the whole row, as JSON. Of JSON where no `key` is named: a value that is no text is stored
   * as its JSON text.
   */
  readonly row?: boolean;
  /** All values are base64. */
  readonly base64?: boolean;
  /** The byte between two fields. */
  readonly separator?: number | undefined;
  /** What the columns are called, where no header says it. */
  readonly columns?: readonly string[] | undefined;
  /** Whether `\t`, `\n`, `\\` and `\N` stand for other characters and for none, and quotes for themselves. */
  readonly escapes?: boolean;
}

export interface Format extends AnyFormat {
  /**
   * `limitBytes` stands in for `WHOLE_RECORD_LIMIT_BYTES`. What of `reading` a format has no use for is not
   * looked at.
   */
  decoder(sink: RecordSink, limitBytes?: number, reading?: Reading): Decoder;
  /** Absent where the format is only read. */
  encoder?(limitBytes?: number): Encoder;
}

/** How to go on with an input that cannot be read. */
export interface Remedy {
  /** The program to send the input through. */
  readonly filter?: string;
  readonly hint?: string;
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
 * Where in `bytes` the key of a record and its value are. (Places, since a view of each costs as much
 * as reading the record: 3.9 against 8.3 million records a second.)
 */
export interface RecordSpan {
  readonly bytes: Buffer;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** The members and columns that say when a record expires: a time, or seconds from now or since the epoch. */
export const expiryNames = ['expires', 'ttl', 'expiration', 'expiration_ttl'] as const;

/** Those of a record, as they stand there; at least one. */
export type ExpiryFields = Readonly<Partial<Record<(typeof expiryNames)[number], string>>>;

/**
 * Where a decoder's records go, in the order of the input. Bytes that it is given are good for the
 * length of the call. `at` is a record's number, or the line on which it begins: see `AnyFormat.counts`.
 */
export interface RecordSink {
  /** Where the next record begins, of a format that counts records: its line and column, from 1. */
  place(line: number, column: number): void;
  /**
   * The records from here on are those of a database, as its dump calls it; undefined where that has
   * no name. The bytes need not be UTF-8. May throw a FormatError.
   */
  database(line: number, name: Buffer | undefined): void;
  /** Columns of all records that are not known. May throw a FormatError. */
  unknownColumns(line: number, names: readonly string[]): void;
  /** What the header of a database says that is not known, by its names. May throw a FormatError. */
  unknownHeaders(line: number, names: readonly string[]): void;
  /** Members of the record to come that are not known; true where it is to be rejected for them. */
  unknownMembers(at: number, names: readonly string[]): boolean;
  /** When the record to come expires, in ms since the Unix epoch, by what it says; a text: why it cannot. */
  expiresOf(fields: ExpiryFields): number | string;
  /** A whole record, and when it expires. The span is the decoder's, which uses it again. */
  record(at: number, span: RecordSpan, expires?: number): void;
  /** The beginning of a record over the limit; its value follows in pieces, up to `endValue`. */
  beginValue(at: number, key: Uint8Array): void;
  valuePiece(bytes: Uint8Array): void;
  /** With when the record expires. */
  endValue(expires?: number): void;
  /** The record turned out to be malformed after `beginValue`: nothing of it stands. */
  abandonValue(at: number, reason: string): void;
  /**
   * Input that is not a record, unchanged (cut off at the limit), and the reason: a phrase such as
   * `not JSON`. The decoder goes on with the next record.
   */
  reject(at: number, reason: string, raw: Uint8Array): void;
  /**
   * The end of a stretch of input: everything up to and with this line, or this record, has been
   * handed over. A value of a later one may be on its way.
   */
  through(at: number): void;
}

/**
 * Bytes of records, gathered until they are taken. What comes before the first record is there from
 * the start.
 */
export interface Encoder {
  /** Bytes that wait to be taken. */
  readonly waiting: number;
  /**
   * Adds records from a position on, up to the first that its format does not take as it is, and returns
   * the position of that: `add` takes it. Most records are such, and this is several times as fast.
   */
  addPlain(records: PlacedRecords, from: number): number;
  /** False where the format cannot say when a record expires. */
  readonly keepsExpiry: boolean;
  /**
   * Adds a record whose value is at hand, with when it expires. Throws a FormatError for what the format
   * cannot hold.
   */
  add(key: string, value: Uint8Array, expires?: number): void;
  /** What has been added since the last time; like all that is given here, good until the next call. */
  take(): Buffer;
  /** What waits, then a record of any size in pieces. Throws as `add` does. */
  stream(record: OutgoingRecord): Iterable<Buffer>;
  /** What waits, and what comes after the last record. */
  end(): Buffer;
}

/** Records side by side, none of which covers another. */
export interface PlacedRecords {
  readonly count: number;
  readonly bytes: Buffer;
  /**
   * Four numbers a record: where in `bytes` its key begins and ends, and its value, which begins below 0
   * where it is not there.
   */
  readonly places: Int32Array;
}

/** A record on its way out whose value is not at hand. */
export interface OutgoingRecord {
  readonly key: string;
  /** In ms since the Unix epoch; undefined: never. */
  readonly expires?: number | undefined;
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
  readonly more: Remedy & {
    /** Where on the line, from 1, and the number of the record, of a format that counts records. */
    readonly column?: number;
    readonly record?: number;
  };

  constructor(line: number, reason: string, more: FormatError['more'] = {}) {
    super(reason);
    this.name = 'FormatError';
    this.line = line;
    this.more = more;
  }
}

/** Characters of a key or a name that a message shows. */
const SHOWN_UNITS = 60;

/** A key or a name as messages quote it: in quotes, and cut where it is long. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > SHOWN_UNITS ? `${name.slice(0, SHOWN_UNITS)}…` : name);
}
