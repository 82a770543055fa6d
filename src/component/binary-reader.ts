/**
 * Reads WebAssembly's binary formats, of core modules and of components, without trusting the
 * bytes.
 */

/** Thrown for bytes that do not follow the format. */
export const malformed = Symbol('malformed');

/** The longest number in LEB128, in bytes. */
const LEB_LIMIT_BYTES = 10;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

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

  /** The number of bytes read. */
  get position(): number {
    return this.#position;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** The bytes not read yet. */
  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#position);
  }

  /** Whether the next bytes are `expected`; if so, they are skipped. */
  takes(expected: readonly number[]): boolean {
    const here = this.#position;
    if (!expected.every((byte, index) => this.#bytes[here + index] === byte)) return false;
    this.#position += expected.length;
    return true;
  }

  /** The next byte, without reading it. */
  peek(): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined) throw malformed;
    return byte;
  }

  byte(): number {
    const byte = this.peek();
    this.#position++;
    return byte;
  }

  /** Unsigned, in LEB128. */
  u32(): number {
    const value = this.#unsigned(5);
    if (value > 0xffffffff) throw malformed;
    return value;
  }

  /** Unsigned, of up to 53 bits: a larger number is malformed here. */
  u53(): number {
    const value = this.#unsigned(LEB_LIMIT_BYTES);
    if (!Number.isSafeInteger(value)) throw malformed;
    return value;
  }

  /** Skips a number in LEB128, of any size and sign. */
  skipNumber(): void {
    for (let left = LEB_LIMIT_BYTES; left > 0; left--) if (this.byte() < 0x80) return;
    throw malformed;
  }

  /** A vector: the result of `item` for each element. */
  vector<T>(item: () => T): T[] {
    const items: T[] = [];
    for (let left = this.u32(); left > 0; left--) items.push(item());
    return items;
  }

  /** The item after a 1, or undefined after a 0. */
  optional<T>(item: () => T): T | undefined {
    switch (this.byte()) {
      case 0:
        return undefined;
      case 1:
        return item();
      default:
        throw malformed;
    }
  }

  text(): string {
    try {
      return decoder.decode(this.part(this.u32()).#bytes);
    } catch {
      throw malformed;
    }
  }

  part(length: number): BinaryReader {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw malformed;
    const part = new BinaryReader(this.#bytes.subarray(this.#position, end));
    this.#position = end;
    return part;
  }

  /** Calls `section` for each section with its id and content, all of which it has to read. */
  sections(section: (id: number, content: BinaryReader) => void): void {
    while (!this.isAtEnd) section(this.byte(), this.part(this.u32()));
  }

  #unsigned(limit: number): number {
    let value = 0;
    let factor = 1;
    for (let left = limit; left > 0; left--) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw malformed;
  }
}
