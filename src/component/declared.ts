import { DECLARATION_LIMIT_BYTES } from './room.js';
import { Unsupported } from './unsupported.js';

/**
 * Counts the bytes of a file's declarations before they are read: each few bytes become an object.
 */
export class Declared {
  #bytes = 0;

  /** Throws `Unsupported` past `DECLARATION_LIMIT_BYTES`. */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= DECLARATION_LIMIT_BYTES) return;
    throw new Unsupported(`declarations of more than ${DECLARATION_LIMIT_BYTES} bytes`);
  }
}
