/** Reads WebAssembly's binary formats, of core modules and of components, and trusts neither. */

/** Thrown where the bytes are none of the format's. */
export const malformed = Symbol('malformed');

/** The longest of a number in LEB128, in bytes. */
const LEB_LIMIT_BYTES = 10;

export class BinaryReader {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.#position = position;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  /** Whether the next bytes are these, which are then passed. */
  takes(expected: readonly number[]): boolean {
    const here = this.#position;
    if (!expected.every((byte, index) => this.#bytes[here + index] === byte)) return false;
    this.#position += expected.length;
    return true;
  }

  byte(): number {
    const byte = this.#bytes[this.#position++];
    if (byte === undefined) throw malformed;
    return byte;
  }

  /** Unsigned, in LEB128. */
  u32(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 35; factor *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw malformed;
  }

  /** Passes a number in LEB128, of whatever size and sign. */
  skipNumber(): void {
    for (let left = LEB_LIMIT_BYTES; left > 0; left--) if (this.byte() < 0x80) return;
    throw malformed;
  }

  /** Calls `item` for each element of a vector. */
  each(item: () => void): void {
    for (let left = this.u32(); left > 0; left--) item();
  }

  text(): string {
    const part = this.part(this.u32());
    return Buffer.from(part.#bytes).toString();
  }

  part(length: number): BinaryReader {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw malformed;
    const part = new BinaryReader(this.#bytes.subarray(this.#position, end));
    this.#position = end;
    return part;
  }

  /** Calls `section` for each section: its id, and what is in it. */
  sections(section: (id: number, content: BinaryReader) => void): void {
    while (!this.isAtEnd) section(this.byte(), this.part(this.u32()));
  }
}
