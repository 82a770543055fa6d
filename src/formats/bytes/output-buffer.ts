/** A buffer that grows while an encoder writes into it. */

const FIRST_CAPACITY_BYTES = 64 * 1024;

/** The largest buffer that is made before it is needed. */
const KEPT_CAPACITY_BYTES = 512 * 1024;

/** A text up to this long is written sooner here than by native code. */
const SHORT_UNITS = 64;

export class OutputBuffer {
  length = 0;
  #bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY_BYTES);

  /** Whether there is as much in it as is worth taking. */
  get isFull(): boolean {
    return this.length >= FIRST_CAPACITY_BYTES;
  }

  /** The buffer, with room for that many bytes behind `length`; good until the next call. */
  room(more: number): Buffer {
    const needed = this.length + more;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
      this.#bytes.copy(grown, 0, 0, this.length);
      this.#bytes = grown;
    }
    return this.#bytes;
  }

  /** Adds text that is ASCII. */
  ascii(text: string): void {
    const bytes = this.room(text.length);
    if (text.length > SHORT_UNITS) {
      this.length += bytes.write(text, this.length, 'latin1');
      return;
    }
    let to = this.length;
    for (let index = 0; index < text.length; index++) bytes[to++] = text.charCodeAt(index);
    this.length = to;
  }

  /** What is in it. It is the caller's; what is added from now on is apart. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.length);
    // As large as the last one came to be, so that it need not grow again.
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(this.#bytes.length, KEPT_CAPACITY_BYTES));
    this.length = 0;
    return taken;
  }
}
