/** A file that goes to the disk while it is written: the processor and the disk do not wait for each other. */
import type { FileHandle } from 'node:fs/promises';
import { writeWhole } from '../flush.js';

/** Bytes after which what has been written begins to go to the disk. */
const FLUSH_BYTES = 32 * 1024 * 1024;

export class FlushedFile {
  readonly #file: FileHandle;
  /** Bytes that were written since the last flush began. */
  #written = 0;
  #isFlushing = false;
  #flushed: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Throws what writing does. */
  write(bytes: Buffer, position: number): void {
    writeWhole(this.#file.fd, bytes, position);
    this.#written += bytes.length;
    if (this.#isFlushing || this.#written < FLUSH_BYTES) return;
    this.#written = 0;
    this.#isFlushing = true;
    this.#flushed = this.#flush();
  }

  /** Resolves when all of it is on the disk. Rejects also with what became of the flushes before. */
  async flush(): Promise<void> {
    await this.#flushed;
    if (this.#failure !== undefined) throw this.#failure;
    await this.#file.sync();
  }

  /** A failure is kept: the system tells each only once. */
  async #flush(): Promise<void> {
    try {
      await this.#file.datasync();
    } catch (error) {
      this.#failure ??= error;
    } finally {
      this.#isFlushing = false;
    }
  }
}
