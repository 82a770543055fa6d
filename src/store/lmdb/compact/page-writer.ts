/** Writes pages to their places in a store's file, adjacent ones together. */
import { writeWhole } from '../flush.js';

/** Bytes that are gathered before they are written. */
const GATHERED_BYTES = 1024 * 1024;

export class PageWriter {
  readonly #descriptor: number;
  readonly #pageSize: number;
  readonly #memory = Buffer.allocUnsafeSlow(GATHERED_BYTES);
  /** The first page gathered, and the number of bytes. */
  #first = 0;
  #length = 0;

  constructor(descriptor: number, pageSize: number) {
    this.#descriptor = descriptor;
    this.#pageSize = pageSize;
  }

  /** The bytes may be reused afterwards. */
  write(first: number, pages: Buffer): void {
    const next = this.#first + this.#length / this.#pageSize;
    if (first !== next || this.#length + pages.length > GATHERED_BYTES) this.end();
    if (pages.length > GATHERED_BYTES) {
      writeWhole(this.#descriptor, pages, first * this.#pageSize);
      return;
    }
    if (this.#length === 0) this.#first = first;
    pages.copy(this.#memory, this.#length);
    this.#length += pages.length;
  }

  /** Writes the gathered pages. */
  end(): void {
    const bytes = this.#memory.subarray(0, this.#length);
    writeWhole(this.#descriptor, bytes, this.#first * this.#pageSize);
    this.#length = 0;
  }
}
