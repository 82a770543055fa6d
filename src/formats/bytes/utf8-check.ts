/** Checks whether bytes that come in pieces, cut anywhere, are UTF-8. */
import { isUtf8 } from 'node:buffer';

export class Utf8Check {
  #valid = true;
  /** The beginning of a character at the end of the last piece. */
  #begun = Buffer.alloc(0);

  /** False once the bytes so far cannot begin UTF-8. */
  push(piece: Uint8Array): boolean {
    if (!this.#valid || piece.length === 0) return this.#valid;
    let start = 0;
    if (this.#begun.length > 0) {
      start = Math.min(characterLength(this.#begun[0]!) - this.#begun.length, piece.length);
      this.#begun = Buffer.concat([this.#begun, piece.subarray(0, start)]);
      if (this.#begun.length < characterLength(this.#begun[0]!)) return true;
      this.#valid = isUtf8(this.#begun);
      this.#begun = Buffer.alloc(0);
    }
    const end = lastCharacterStart(piece, start);
    this.#valid &&= isUtf8(piece.subarray(start, end));
    if (end < piece.length) this.#begun = Buffer.from(piece.subarray(end));
    return this.#valid;
  }

  /** Whether everything was UTF-8, at the end of the input. */
  end(): boolean {
    return this.#valid && this.#begun.length === 0;
  }
}

/** Where a character begins that the piece cuts; the piece's end if there is none. */
function lastCharacterStart(piece: Uint8Array, start: number): number {
  for (let at = piece.length - 1; at >= start && at >= piece.length - 3; at--) {
    const byte = piece[at]!;
    if (byte < 0x80) break;
    if (byte >= 0xc0) return at + characterLength(byte) > piece.length ? at : piece.length;
  }
  return piece.length;
}

function characterLength(firstByte: number): number {
  if (firstByte < 0xc0) return 1;
  if (firstByte < 0xe0) return 2;
  return firstByte < 0xf0 ? 3 : 4;
}
