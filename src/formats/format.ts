/**
 * What a format is: a way from bytes to records, and from records to bytes. Pure and streaming: a
 * format touches no file, store or terminal, and holds one record at most.
 */

/**
 * Bytes of the largest record that is handed over in one piece, counted as in the input. A larger
 * one comes in pieces if its format allows that; else it is rejected.
 */
export const WHOLE_RECORD_LIMIT_BYTES = 16 * 1024 * 1024;

/** What every format has, a stream of bytes or a folder. */
export interface AnyFormat {
  /**
   * What numbers its records, from 1: the line on which each begins, or the record or file itself,
   * where a line may hold several.
   */
  readonly counts: 'line' | 'record' | 'file';
  /**
   * What to do if a record cannot be read because the input is of another kind, or needs other
   * options.
   */
  remedy?(record: Uint8Array, readOptions: ReadOptions | undefined): Remedy | undefined;
}

/** How to read records that are not kv's own; each member is absent by default. */
export interface ReadOptions {
  /** The column or member with the key, and the one with the value. */
  readonly key?: string | undefined;
  readonly value?: string | undefined;
  /**
   * The value is the whole row, as JSON. For JSON without `key`: a value that is not text is stored
   * as its JSON text.
   */
  readonly row?: boolean;
  /** All values are base64. */
  readonly base64?: boolean;
  /** The byte between two fields. */
  readonly separator?: number | undefined;
  /** The names of the columns, if no header gives them. */
  readonly columns?: readonly string[] | undefined;
  /** Whether `\t`, `\n`, `\\` and `\N` are escapes, and quotes ordinary characters. */
  readonly escapes?: boolean;
}

export interface Format extends AnyFormat {
  /**
   * `limitBytes` replaces `WHOLE_RECORD_LIMIT_BYTES`. Members of `readOptions` that the format has
   * no use for are ignored.
   */
  decoder(sink: RecordSink, limitBytes?: number, readOptions?: ReadOptions): Decoder;
  /** Absent for a format that is only read. */
  encoder?(limitBytes?: number): Encoder;
}

/** What to do about an input that cannot be read. */
export interface Remedy {
  /** The program to pipe the input through. */
  readonly filter?: string;
  readonly hint?: string;
}

export interface Decoder {
  /**
   * Takes the next bytes of the input, cut anywhere. Throws a FormatError, or the sink's error, and
   * is then done; a value that has begun and not ended is dropped.
   */
  push(bytes: Uint8Array): void;
  /** The input has ended: takes the rest. Throws a FormatError if it ended too early. */
  end(): void;
}

/**
 * Where in `bytes` a record's key and value are. (Positions, since creating a view of each costs as
 * much as reading the record: 3.9 instead of 8.3 million records a second.)
 */
export interface RecordSpan {
  readonly bytes: Buffer;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/**
 * The members and columns that say when a record expires: a time, or seconds from now or since the
 * epoch.
 */
export const expiryNames = ['expires', 'ttl', 'expiration', 'expiration_ttl'] as const;

/** Those of one record, unparsed; at least one. */
export type ExpiryFields = Readonly<Partial<Record<(typeof expiryNames)[number], string>>>;

/**
 * Receives a decoder's records, in the order of the input. Bytes passed to it are valid during the
 * call. `at` is a record's number, or the line on which it begins: see `AnyFormat.counts`.
 */
export interface RecordSink {
  /** Where the next record begins, for a format that counts records: line and column, from 1. */
  place(line: number, column: number): void;
  /**
   * The following records belong to this database of a dump; undefined if it has no name. The bytes
   * need not be UTF-8. May throw a FormatError.
   */
  database(line: number, name: Buffer | undefined): void;
  /** Unknown columns of all records. May throw a FormatError. */
  unknownColumns(line: number, names: readonly string[]): void;
  /** The names of unknown entries in a database's header. May throw a FormatError. */
  unknownHeaders(line: number, names: readonly string[]): void;
  /** Unknown members of the next record; returns true to reject it for them. */
  unknownMembers(at: number, names: readonly string[]): boolean;
  /**
   * When the next record expires, in ms since the Unix epoch; a text is the reason why that is
   * invalid.
   */
  expiresOf(fields: ExpiryFields): number | string;
  /** A whole record, and when it expires. The decoder reuses the span. */
  record(at: number, span: RecordSpan, expires?: number): void;
  /** The beginning of a record over the limit; its value follows in pieces, up to `endValue`. */
  beginValue(at: number, key: Uint8Array): void;
  valuePiece(bytes: Uint8Array): void;
  /** Ends the value; the record expires at `expires`. */
  endValue(expires?: number): void;
  /** The record turned out to be malformed after `beginValue`, and is dropped. */
  abandonValue(at: number, reason: string): void;
  /**
   * Input that is not a record, unchanged (cut at the limit), and the reason: a phrase such as `not
   * JSON`. The decoder continues with the next record.
   */
  reject(at: number, reason: string, raw: Uint8Array): void;
  /**
   * Everything up to and including this line or record has been handed over. A value of a later one
   * may have begun.
   */
  through(at: number): void;
}

/**
 * Collects the bytes of records until they are taken. What precedes the first record is there from
 * the start.
 */
export interface Encoder {
  /** Bytes that can be taken. */
  readonly waiting: number;
  /**
   * Adds plain records from a position on, and returns the position of the first that is not plain,
   * or the end: `add` takes that one. Most records are plain, and this is several times as fast.
   */
  addPlain(records: PlacedRecords, from: number): number;
  /** False if the format cannot say when a record expires. */
  readonly keepsExpiry: boolean;
  /**
   * Adds a record with its value and expiry. Throws a FormatError for what the format cannot hold.
   */
  add(key: string, value: Uint8Array, expires?: number): void;
  /** The bytes added since the last time; valid, like all results here, until the next call. */
  take(): Buffer;
  /** The waiting bytes, then a record of any size in pieces. Throws as `add` does. */
  stream(record: OutgoingRecord): Iterable<Buffer>;
  /** The waiting bytes, and what follows the last record. */
  end(): Buffer;
}

/** Records side by side, none of which overlaps another. */
export interface PlacedRecords {
  readonly count: number;
  readonly bytes: Buffer;
  /**
   * Four numbers a record: where in `bytes` its key begins and ends, and its value; a missing value
   * begins below 0.
   */
  readonly places: Int32Array;
}

/** A record to write whose value is not in memory. */
export interface OutgoingRecord {
  readonly key: string;
  /** In ms since the Unix epoch; undefined: never. */
  readonly expires?: number | undefined;
  /** Bytes of the value. */
  readonly size: number;
  /** The value from its beginning, at each call: a format may have to read it twice. */
  pieces(): Iterable<Uint8Array>;
}

/**
 * The input as a whole cannot be read further: a header is wrong, or the end is missing. From an
 * encoder, with line 0: the format cannot hold a record.
 */
export class FormatError extends Error {
  /** The line of the input, from 1. */
  readonly line: number;
  readonly more: Remedy & {
    /** The column, from 1, and the record's number, for a format that counts records. */
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

/** Characters of a key or a name in a message. */
const SHOWN_UNITS = 60;

/** A key or a name for a message: in quotes, and cut if it is long. */
export function quoted(name: string): string {
  return `"${name.length > SHOWN_UNITS ? `${name.slice(0, SHOWN_UNITS)}…` : name}"`;
}
