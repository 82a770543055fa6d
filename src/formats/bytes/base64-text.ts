/** Bytes, which may come in pieces, as base64. */

/** Bytes that become characters of their own: three bytes are four characters. */
const GROUP_BYTES = 3;

export class Base64Text {
  #begun = Buffer.alloc(0);

  /** The text of what is complete with this piece. */
  push(piece: Uint8Array): string {
    let bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    if (this.#begun.length > 0) bytes = Buffer.concat([this.#begun, bytes]);
    const end = bytes.length - (bytes.length % GROUP_BYTES);
    this.#begun = Buffer.from(bytes.subarray(end));
    return bytes.toString('base64', 0, end);
  }

  /** The text of the rest. */
  end(): string {
    return this.#begun.toString('base64');
  }
}

/** The text of bytes that are all there. */
export function base64Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
