/** Output that waits until what it tells of is on the disk. */
import type { Output } from '../terminal/terminal.js';

/** Bytes, or characters, that are held at most. */
const LIMIT = 1024 * 1024;

/** More was written than can be held. */
export class HeldTooMuch extends Error {}

export class HeldOutput implements Output {
  readonly isTerminal: boolean;
  readonly style: Output['style'];
  readonly #target: Output;
  #held: (Uint8Array | string)[] = [];
  #size = 0;

  constructor(target: Output) {
    this.isTerminal = target.isTerminal;
    this.style = target.style;
    this.#target = target;
  }

  get columns(): number {
    return this.#target.columns;
  }

  /** Throws `HeldTooMuch` beyond the limit. */
  readonly write = async (data: Uint8Array | string): Promise<void> => {
    this.#size += data.length;
    if (this.#size > LIMIT) throw new HeldTooMuch();
    // A copy: the caller may fill its buffer again.
    this.#held.push(typeof data === 'string' ? data : Uint8Array.from(data));
  };

  /** Lets it all go to where it belongs. */
  async release(): Promise<void> {
    const held = this.#held;
    this.discard();
    if (held.length > 0) await this.#target.write(Buffer.concat(held.map(bytesOf)));
  }

  discard(): void {
    this.#held = [];
    this.#size = 0;
  }
}

function bytesOf(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data) : data;
}
