/** A buffer that grows while an encoder writes into it. */
import { viewOf } from './plain-bytes.js';

const FIRST_CAPACITY_BYTES = 64 * 1024;

/** The largest buffer that is kept when it is empty. */
const KEPT_CAPACITY_BYTES = 512 * 1024;

/** Shorter texts are written faster here than by native code. */
const SHORT_UNITS = 64;

export class OutputBuffer {
  length = 0;
  #bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY_BYTES);
  #view = viewOf(this.#bytes);

  /** Whether it holds enough to be written. */
  get isFull(): boolean {
    return this.length >= FIRST_CAPACITY_BYTES;
  }

  /** The buffer, with room for `more` bytes after `length`; valid until the next call. */
  room(more: number): Buffer {
    const needed = this.length + more;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
      this.#bytes.copy(grown, 0, 0, this.length);
      this.#bytes = grown;
      this.#view = viewOf(grown);
    }
    return this.#bytes;
  }

  /** A view of the same. */
  view(more: number): DataView {
    this.room(more);
    return this.#view;
  }

  /** Appends text that is ASCII. */
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

  /** Empties the buffer and returns its contents, valid until something is appended. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.length);
    this.length = 0;
    if (this.#bytes.length > KEPT_CAPACITY_BYTES) {
      this.#bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY_BYTES);
      this.#view = viewOf(this.#bytes);
    }
    return taken;
  }
}
