/** A buffer that grows while an encoder writes into it. */

const FIRST_CAPACITY_BYTES = 64 * 1024;

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
    for (let index = 0; index < text.length; index++) bytes[this.length++] = text.charCodeAt(index);
  }

  /** What is in it. It is the caller's; what is added from now on is apart. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.length);
    this.#bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY_BYTES);
    this.length = 0;
    return taken;
  }
}
