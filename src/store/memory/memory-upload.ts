/** An upload in memory: its pieces, until a bucket takes them. */
import type { Upload } from '../store.js';
import type { MemoryState } from './memory-state.js';

export class MemoryUpload implements Upload {
  readonly #state: MemoryState;
  #pieces: Uint8Array[] | undefined = [];
  size = 0;

  constructor(state: MemoryState) {
    this.#state = state;
  }

  isOf(state: MemoryState): boolean {
    return state === this.#state;
  }

  append(bytes: Uint8Array): void {
    this.#open.push(new Uint8Array(bytes));
    this.size += bytes.length;
  }

  /** A copy of what has been appended so far. */
  contents(): Uint8Array {
    return Buffer.concat(this.#open);
  }

  close(): void {
    this.#pieces = undefined;
  }

  get #open(): Uint8Array[] {
    if (this.#pieces === undefined) throw new Error('an upload was used after it was closed');
    return this.#pieces;
  }
}
