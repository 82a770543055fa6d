/**
 * What a component's binary says at its top level: the names of its imports and of its exports. The
 * format is that of the component model's `Binary.md`; what is nested is passed over.
 */
import { KvError } from '../errors.js';

/** Names as the component has them: `wasi:cli/run@0.2.1`. */
export interface Component {
  readonly imports: readonly string[];
  readonly exports: readonly string[];
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d];

/** Version and layer of a component; a module of core WebAssembly has 1, 0, 0, 0. */
const COMPONENT = [0x0d, 0x00, 0x01, 0x00];
const MODULE = [0x01, 0x00, 0x00, 0x00];

const IMPORT_SECTION = 10;
const EXPORT_SECTION = 11;

/**
 * Reads the binary's names. Throws `not-a-component` for anything else, and for what ends in the
 * midst of itself; `action` is what was tried.
 */
export function readComponent(bytes: Uint8Array, action: string): Component {
  const refuse = (state: string) => new KvError('not-a-component', `cannot ${action}: ${state}`);
  if (!startsWith(bytes, 0, MAGIC)) throw refuse('it is not WebAssembly');
  if (startsWith(bytes, 4, MODULE)) {
    throw refuse('it is a module of core WebAssembly, not a component');
  }
  if (!startsWith(bytes, 4, COMPONENT)) {
    throw refuse('it is a component of a version this kv does not know');
  }
  try {
    return readSections(new Reader(bytes, 8));
  } catch (cause) {
    if (cause !== malformed) throw cause;
    throw refuse('it is damaged, or cut off');
  }
}

function readSections(reader: Reader): Component {
  const imports: string[] = [];
  const exports: string[] = [];
  while (!reader.isAtEnd) {
    const id = reader.byte();
    const section = reader.part(reader.u32());
    if (id !== IMPORT_SECTION && id !== EXPORT_SECTION) continue;
    for (let left = section.u32(); left > 0; left--) {
      const name = section.name();
      if (id === IMPORT_SECTION) {
        imports.push(name);
        section.skipExternDesc();
      } else {
        exports.push(name);
        section.skipSortIndex();
        if (section.byte() === 1) section.skipExternDesc();
      }
    }
  }
  return { imports, exports };
}

/** Thrown where the bytes are none of the format's. */
const malformed = Symbol('malformed');

class Reader {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.#position = position;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length;
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

  part(length: number): Reader {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw malformed;
    const part = new Reader(this.#bytes.subarray(this.#position, end));
    this.#position = end;
    return part;
  }

  /** The name of an import or export; what some versions put behind it is passed over. */
  name(): string {
    const form = this.byte();
    if (form > 2) throw malformed;
    const name = this.#text();
    if (form === 2) for (let left = this.u32(); left > 0; left--) this.#skipAnnotation();
    return name;
  }

  skipSortIndex(): void {
    if (this.byte() === 0) this.byte();
    this.u32();
  }

  skipExternDesc(): void {
    const sort = this.byte();
    if (sort === 0 && this.byte() !== 0x11) throw malformed;
    if (sort === 3 || sort === 2) {
      // `sub resource` has no index; every other bound has one.
      if (this.byte() === 1 && sort === 3) return;
    }
    if (sort > 5) throw malformed;
    this.u32();
  }

  #text(): string {
    const length = this.u32();
    const start = this.#position;
    this.#position += length;
    if (this.#position > this.#bytes.length) throw malformed;
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, length).toString();
  }

  #skipAnnotation(): void {
    this.byte();
    this.#text();
  }
}

function startsWith(bytes: Uint8Array, position: number, expected: readonly number[]): boolean {
  return expected.every((byte, index) => bytes[position + index] === byte);
}
