/** Encodes bytes, which may come in pieces, as base64. */

/** Three bytes become four characters. */
const GROUP_BYTES = 3;

export class Base64Text {
  #begun = Buffer.alloc(0);

  /** The text of the groups that this piece completes. */
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

/** The text of bytes that are complete. */
export function base64Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
