import { DECLARATION_LIMIT_BYTES } from './room.js';
import { Unsupported } from './unsupported.js';

/** Counts the bytes of what a file declares before it is read: a few of them make an object here. */
export class Declared {
  #bytes = 0;

  /** Throws `Unsupported` past `DECLARATION_LIMIT_BYTES`. */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= DECLARATION_LIMIT_BYTES) return;
    throw new Unsupported(`declarations of more than ${DECLARATION_LIMIT_BYTES} bytes`);
  }
}
