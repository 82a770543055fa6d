/** Decoding in tests: everything that a decoder hands over, checked for the order of its calls. */
import { expect } from 'vitest';
import { type Format, FormatError, type RecordSink } from '../../src/formats/format.js';

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
  /** The last line that all was handed over up to. */
  readonly through: number;
  readonly error: { readonly line: number; readonly reason: string } | undefined;
}

export interface DecodeOptions {
  /** Places at which the input is cut. */
  readonly cuts?: readonly number[];
  readonly limitBytes?: number;
}

/** Decodes the input; any error but a FormatError is thrown. */
export function decode(
  format: Format,
  input: Uint8Array | string,
  { cuts = [], limitBytes }: DecodeOptions = {},
): Decoded {
  const collected = new CollectingSink();
  const decoder = format.decoder(collected, limitBytes);
  const bytes = Buffer.from(input);
  const ends = [...new Set(cuts.map((cut) => Math.min(cut, bytes.length)))].sort((a, b) => a - b);
  let error: Decoded['error'];
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
  }
  const { records, rejections, outcomes, throughLine } = collected;
  return { records, rejections, outcomes, through: throughLine, error };
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
  readonly records: DecodedRecord[] = [];
  readonly rejections: Rejected[] = [];
  readonly outcomes: string[] = [];
  throughLine = 0;
  #line = 0;
  #open: { line: number; key: string; pieces: Buffer[] } | undefined;

  record(
    line: number,
    bytes: Buffer,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): void {
    this.#begin(line);
    const key = bytes.toString('utf8', keyStart, keyEnd);
    const value = Buffer.from(bytes.subarray(valueStart, valueEnd));
    this.#keep({ line, key, value, inPieces: false });
  }

  beginValue(line: number, key: Uint8Array): void {
    this.#begin(line);
    this.#open = { line, key: Buffer.from(key).toString(), pieces: [] };
  }

  valuePiece(bytes: Uint8Array): void {
    expect(bytes.length).toBeGreaterThan(0);
    this.#open!.pieces.push(Buffer.from(bytes));
  }

  endValue(): void {
    const { line, key, pieces } = this.#open!;
    this.#open = undefined;
    this.#keep({ line, key, value: Buffer.concat(pieces), inPieces: true });
  }

  abandonValue(line: number, reason: string): void {
    expect(this.#open?.line).toBe(line);
    this.#open = undefined;
    this.#keepRejected({ line, reason, raw: undefined });
  }

  reject(line: number, reason: string, raw: Uint8Array): void {
    this.#begin(line);
    this.#keepRejected({ line, reason, raw: Buffer.from(raw) });
  }

  through(line: number): void {
    expect(line).toBeGreaterThan(this.throughLine);
    expect(line).toBeLessThan(this.#open?.line ?? Number.POSITIVE_INFINITY);
    this.throughLine = line;
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

  #begin(line: number): void {
    this.expectNoOpenValue();
    expect(line).toBeGreaterThanOrEqual(this.#line);
    expect(line).toBeGreaterThan(this.throughLine);
    this.#line = line;
  }
}
