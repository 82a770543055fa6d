/** Encoding in tests. */
import type { Encoder, Format } from '../../src/formats/format.js';

export interface TestRecord {
  readonly key: string;
  readonly value: Buffer;
}

/** The keys and values, as text in which each byte is a character: soon compared, and shown. */
export function pairsOf(records: readonly TestRecord[]): [key: string, value: string][] {
  return records.map(({ key, value }) => [key, value.toString('latin1')]);
}

/** A value over this many bytes is handed over in pieces of as many. */
export interface EncodeOptions {
  readonly limitBytes?: number;
  readonly pieceBytes?: number;
}

/** The records as the format has them. */
export function encode(
  format: Format,
  records: readonly TestRecord[],
  { limitBytes, pieceBytes = Number.POSITIVE_INFINITY }: EncodeOptions = {},
): Buffer {
  const encoder = format.encoder!(limitBytes);
  const written: Buffer[] = [];
  for (const record of records) {
    if (record.value.length > pieceBytes) {
      for (const piece of inPieces(encoder, record, pieceBytes)) {
        written.push(Buffer.from(piece));
      }
    } else encoder.add(record.key, record.value);
    if (encoder.waiting > 1000) written.push(Buffer.from(encoder.take()));
  }
  written.push(encoder.end());
  return Buffer.concat(written);
}

function inPieces(encoder: Encoder, { key, value }: TestRecord, pieceBytes: number) {
  return encoder.stream({
    key,
    size: value.length,
    *pieces() {
      for (let at = 0; at < value.length; at += pieceBytes) {
        yield value.subarray(at, at + pieceBytes);
      }
    },
  });
}
