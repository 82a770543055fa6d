/** Buffers output until the changes that it reports are on the disk. */
import { outputThrough } from '../terminal/output-through.js';
import type { Output } from '../terminal/terminal.js';

/** The most bytes, or characters, that are held. */
const LIMIT = 1024 * 1024;

/** Thrown when more is written than can be held. */
export class HeldTooMuch extends Error {}

export class HeldOutput {
  /** Looks like the target; a write beyond the limit throws `HeldTooMuch`. */
  readonly output: Output;
  readonly #target: Output;
  #held: (Uint8Array | string)[] = [];
  #size = 0;

  constructor(target: Output) {
    this.#target = target;
    this.output = outputThrough(target, async (data) => this.#hold(data));
  }

  /** Writes everything to the target. */
  async release(): Promise<void> {
    const held = this.#held;
    this.discard();
    if (held.length > 0) await this.#target.write(Buffer.concat(held.map(bytesOf)));
  }

  discard(): void {
    this.#held = [];
    this.#size = 0;
  }

  #hold(data: Uint8Array | string): void {
    this.#size += data.length;
    if (this.#size > LIMIT) throw new HeldTooMuch();
    // A copy, because the caller may reuse its buffer.
    this.#held.push(typeof data === 'string' ? data : Uint8Array.from(data));
  }
}

function bytesOf(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data) : data;
}
