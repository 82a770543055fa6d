/** A buffer for a record that needs decoding, so that it does not stand in the input. */

const LEAST_BYTES = 4096;

export class Scratch {
  #bytes = Buffer.alloc(0);

  /** A buffer of at least that many bytes, valid until the next call. */
  room(bytes: number): Buffer {
    if (this.#bytes.length < bytes) {
      this.#bytes = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * this.#bytes.length, LEAST_BYTES));
    }
    return this.#bytes;
  }
}
