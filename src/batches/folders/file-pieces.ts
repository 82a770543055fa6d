/** Reads an open file to its end. */
import { readSync } from 'node:fs';

/** Bytes of a piece. */
export const PIECE_BYTES = 1024 * 1024;

/** The pieces of a file, each full except the last, and valid until the next is asked for. */
export function* piecesOfFile(descriptor: number, piece: Buffer): Generator<Buffer> {
  for (;;) {
    let length = 0;
    while (length < piece.length) {
      const read = readSync(descriptor, piece, length, piece.length - length, null);
      if (read === 0) break;
      length += read;
    }
    if (length > 0) yield piece.subarray(0, length);
    if (length < piece.length) return;
  }
}
