/** A guest's linear memory, which moves when it grows. */

import { Trap } from '../errors.js';
import type { Room } from './room.js';

export interface CoreMemory {
  readonly buffer: ArrayBuffer;
}

export class GuestMemory {
  readonly #memory: CoreMemory;
  readonly #room: Room;
  #bytes: Uint8Array;
  #view: DataView;

  constructor(memory: CoreMemory, room: Room) {
    this.#memory = memory;
    this.#room = room;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
  }

  /** The present size in bytes. */
  get size(): number {
    return this.bytes.length;
  }

  /** Valid until the guest runs. */
  get bytes(): Uint8Array {
    this.#follow();
    return this.#bytes;
  }

  /** Valid until the guest runs. */
  get view(): DataView {
    this.#follow();
    return this.#view;
  }

  /** Throws a `Trap` if the range is not inside the memory, or not aligned. */
  check(pointer: number, length: number, alignment: number): void {
    if (pointer % alignment !== 0) {
      throw new Trap(`pointer ${pointer} is not aligned to ${alignment} bytes`);
    }
    if (pointer + length > this.size) throw new Trap('out of bounds memory access');
  }

  /** Growing a memory detaches its old buffer, which then has length 0. */
  #follow(): void {
    if (this.#bytes.length > 0 || this.#memory.buffer.byteLength === 0) return;
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
    this.#room.check();
  }
}
