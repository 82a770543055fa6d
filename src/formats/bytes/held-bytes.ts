/** Bytes that are kept until the rest of them arrives, up to a limit. */

/** A larger buffer is released when its bytes are dropped. */
const KEPT_CAPACITY_BYTES = 1024 * 1024;

export class HeldBytes {
  length = 0;
  readonly #limit: number;
  #buffer = Buffer.alloc(0);

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  /** Takes what fits, and returns where it stopped. */
  append(bytes: Buffer, start: number, end: number): number {
    const stop = Math.min(end, start + this.#limit - this.length);
    const length = this.length + stop - start;
    if (length > this.#buffer.length) this.#grow(length);
    bytes.copy(this.#buffer, this.length, start, stop);
    this.length = length;
    return stop;
  }

  /** The bytes held, valid until the next `append`. */
  view(): Buffer {
    return this.#buffer.subarray(0, this.length);
  }

  drop(): void {
    this.length = 0;
    if (this.#buffer.length > KEPT_CAPACITY_BYTES) this.#buffer = Buffer.alloc(0);
  }

  #grow(length: number): void {
    const capacity = Math.min(Math.max(length, this.#buffer.length * 2, 4096), this.#limit);
    const grown = Buffer.allocUnsafeSlow(capacity);
    this.#buffer.copy(grown, 0, 0, this.length);
    this.#buffer = grown;
  }
}
