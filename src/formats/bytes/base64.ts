/**
 * Decodes base64 strictly by RFC 4648: its standard alphabet, padded, nothing between the
 * characters and no bits left over, so that each value has one text.
 */
import { EQUALS } from './ascii.js';

/**
 * Decodes `bytes` into `out`, which may be the same memory. Returns the bytes written; -1 if
 * malformed.
 */
export function decodeBase64(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Uint8Array,
  outStart: number,
): number {
  if ((end - start) % 4 !== 0) return -1;
  let written = outStart;
  let padding = 0;
  for (let at = start; at < end; at += 4) {
    let third = sixBits[bytes[at + 2]!]!;
    let fourth = sixBits[bytes[at + 3]!]!;
    if (at + 4 === end && bytes[at + 3] === EQUALS) {
      fourth = 0;
      padding = 1;
      if (bytes[at + 2] === EQUALS) {
        third = 0;
        padding = 2;
      }
    }
    const bits =
      (sixBits[bytes[at]!]! << 18) | (sixBits[bytes[at + 1]!]! << 12) | (third << 6) | fourth;
    if (bits < 0) return -1;
    // Before the three bytes are written the four characters have been read.
    out[written++] = bits >> 16;
    out[written++] = bits >> 8;
    out[written++] = bits;
  }
  for (let left = padding; left > 0; left--) {
    if (out[--written] !== 0) return -1;
  }
  return written - outStart;
}

/** Decodes base64 that comes in pieces, cut anywhere. */
export class Base64Decoding {
  readonly #begun = Buffer.alloc(4);
  #begunLength = 0;
  #padded = false;

  /** The bytes of the complete groups, valid until the next call; undefined if malformed. */
  push(piece: Buffer): Buffer | undefined {
    const out = Buffer.allocUnsafe(piece.length + 4);
    let at = 0;
    let length = 0;
    while (this.#begunLength > 0 && at < piece.length) {
      this.#begun[this.#begunLength++] = piece[at++]!;
      if (this.#begunLength === 4) {
        length = this.#decode(this.#begun, 0, 4, out, 0);
        if (length === -1) return undefined;
        this.#begunLength = 0;
      }
    }
    const end = piece.length - ((piece.length - at) % 4);
    if (at < end) {
      const decoded = this.#decode(piece, at, end, out, length);
      if (decoded === -1) return undefined;
      length += decoded;
    }
    this.#begunLength += piece.copy(this.#begun, this.#begunLength, end);
    return out.subarray(0, length);
  }

  /** Whether the text was complete. */
  end(): boolean {
    return this.#begunLength === 0;
  }

  #decode(bytes: Buffer, start: number, end: number, out: Buffer, outStart: number): number {
    if (this.#padded) return -1;
    this.#padded = bytes[end - 1] === EQUALS;
    return decodeBase64(bytes, start, end, out, outStart);
  }
}

/** The value of each character, or -1. */
const sixBits = new Int8Array(256).fill(-1);
for (const [value, character] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
].entries()) {
  sixBits[character.charCodeAt(0)] = value;
}
