/** Decoding in tests: everything that a decoder hands over, checked for the order of its calls. */
import { expect } from 'vitest';
import {
  type ExpiryFields,
  type Format,
  FormatError,
  type ReadOptions,
  type RecordSink,
  type RecordSpan,
} from '../../src/formats/format.js';

export interface DecodedRecord {
  readonly line: number;
  readonly key: string;
  readonly value: Buffer;
  /** Whether the value came in pieces. */
  readonly inPieces: boolean;
}

export interface Rejected {
  readonly line: number;
  readonly reason: string;
  /** Undefined where the record had begun to be handed over. */
  readonly raw: Buffer | undefined;
}

export interface Decoded {
  readonly records: readonly DecodedRecord[];
  readonly rejections: readonly Rejected[];
  /** Both, in the order in which they came, as `outcome` has them. */
  readonly outcomes: readonly string[];
  /** Each database, as `LINE NAME`. */
  readonly databases: readonly string[];
  /** The names of unknown members and columns, as `LINE NAMES`; of json arrays the record's number. */
  readonly unknown: readonly string[];
  /** The last line, or record, that all was handed over up to. */
  readonly through: number;
  readonly error: { readonly line: number; readonly reason: string } | undefined;
  /** What else is said of the place of the error, and of going on. */
  readonly more: FormatError['more'] | undefined;
  /** Of json arrays, `LINE:COLUMN` of each record. */
  readonly places: readonly string[];
}

export interface DecodeOptions {
  /** Places at which the input is cut. */
  readonly cuts?: readonly number[];
  readonly limitBytes?: number;
  /** How records are read that are not as kv writes them. */
  readonly readOptions?: ReadOptions;
}

/** Decodes the input; any error but a FormatError is thrown. */
export function decode(
  format: Format,
  input: Uint8Array | string,
  { cuts = [], limitBytes, readOptions }: DecodeOptions = {},
): Decoded {
  const collected = new CollectingSink();
  const decoder = format.decoder(collected, limitBytes, readOptions);
  const bytes = Buffer.from(input);
  const ends = [...new Set(cuts.map((cut) => Math.min(cut, bytes.length)))].sort((a, b) => a - b);
  let error: Decoded['error'];
  let more: Decoded['more'];
  try {
    for (const [index, end] of [...ends, bytes.length].entries()) {
      const piece = Buffer.from(bytes.subarray(ends[index - 1] ?? 0, end));
      decoder.push(piece);
      // Whoever gave the bytes may use the place again.
      piece.fill('"');
    }
    decoder.end();
    collected.expectNoOpenValue();
  } catch (thrown) {
    if (!(thrown instanceof FormatError)) throw thrown;
    error = { line: thrown.line, reason: thrown.message };
    more = thrown.more;
  }
  const { records, rejections, outcomes, databases, unknown, places, throughLine } = collected;
  const through = throughLine;
  return { records, rejections, outcomes, databases, unknown, places, through, error, more };
}

/** All that came of the input, a line each: `2 key=value`, `3: why not`, and `4! why no further`. */
export function outcome(
  format: Format,
  input: Uint8Array | string,
  options: DecodeOptions = {},
): string[] {
  const { outcomes, error } = decode(format, input, options);
  return error ? [...outcomes, `${error.line}! ${error.reason}`] : [...outcomes];
}

/** Keeps what it is given, and checks that it is given in order. */
class CollectingSink implements RecordSink {
  /** Each database, with the line that its header ends on. */
  readonly databases: string[] = [];
  readonly unknown: string[] = [];
  readonly places: string[] = [];
  readonly records: DecodedRecord[] = [];
  readonly rejections: Rejected[] = [];
  readonly outcomes: string[] = [];
  /** A line, or the number of a record. */
  throughLine = 0;
  readonly expiry: string[] = [];
  #last = 0;
  /** The line of the record to come, of a format that counts records. */
  #line: number | undefined;
  #open: { at: number; key: string; pieces: Buffer[] } | undefined;

  place(line: number, column: number): void {
    this.#line = line;
    this.places.push(`${line}:${column}`);
  }

  database(line: number, name: Buffer | undefined): void {
    this.databases.push(`${line} ${name}`);
  }

  unknownColumns(line: number, names: readonly string[]): void {
    this.unknown.push(`${line} ${names}`);
  }

  unknownHeaders(line: number, names: readonly string[]): void {
    this.unknown.push(`${line} ${names}`);
  }

  unknownMembers(at: number, names: readonly string[]): boolean {
    this.unknown.push(`${at} ${names}`);
    return false;
  }

  /** What a record says, told as it is: when that is stands elsewhere. */
  expiresOf(fields: ExpiryFields): number | string {
    this.expiry.push(JSON.stringify(fields));
    return fields.ttl === 'bad' ? 'a bad ttl' : 1;
  }

  record(at: number, { bytes, keyStart, keyEnd, valueStart, valueEnd }: RecordSpan): void {
    this.#begin(at);
    const key = bytes.toString('utf8', keyStart, keyEnd);
    const value = Buffer.from(bytes.subarray(valueStart, valueEnd));
    this.#keep({ line: this.#line ?? at, key, value, inPieces: false });
  }

  beginValue(at: number, key: Uint8Array): void {
    this.#begin(at);
    this.#open = { at, key: Buffer.from(key).toString(), pieces: [] };
  }

  valuePiece(bytes: Uint8Array): void {
    expect(bytes.length).toBeGreaterThan(0);
    this.#open!.pieces.push(Buffer.from(bytes));
  }

  endValue(): void {
    const { at, key, pieces } = this.#open!;
    this.#open = undefined;
    this.#keep({ line: this.#line ?? at, key, value: Buffer.concat(pieces), inPieces: true });
  }

  abandonValue(at: number, reason: string): void {
    expect(this.#open?.at).toBe(at);
    this.#open = undefined;
    this.#keepRejected({ line: this.#line ?? at, reason, raw: undefined });
  }

  reject(at: number, reason: string, raw: Uint8Array): void {
    this.#begin(at);
    this.#keepRejected({ line: this.#line ?? at, reason, raw: Buffer.from(raw) });
  }

  through(at: number): void {
    expect(at).toBeGreaterThan(this.throughLine);
    expect(at).toBeLessThan(this.#open?.at ?? Number.POSITIVE_INFINITY);
    this.throughLine = at;
  }

  expectNoOpenValue(): void {
    expect(this.#open).toBeUndefined();
  }

  #keep(record: DecodedRecord): void {
    this.records.push(record);
    this.outcomes.push(`${record.line} ${record.key}=${record.value}`);
  }

  #keepRejected(rejected: Rejected): void {
    this.rejections.push(rejected);
    this.outcomes.push(`${rejected.line}: ${rejected.reason}`);
  }

  /** Numbers ascend, each once: what is skipped by them is exact. */
  #begin(at: number): void {
    this.expectNoOpenValue();
    expect(at).toBeGreaterThan(this.#last);
    expect(at).toBeGreaterThan(this.throughLine);
    this.#last = at;
  }
}
