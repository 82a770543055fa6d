/**
 * A file that is flushed to the disk while it is written, so that processor and disk work in
 * parallel.
 */
import type { FileHandle } from 'node:fs/promises';
import { writeWhole } from '../flush.js';

/** Bytes written before a flush begins. */
const FLUSH_BYTES = 32 * 1024 * 1024;

export class FlushedFile {
  readonly #file: FileHandle;
  /** Bytes written since the last flush began. */
  #written = 0;
  #isFlushing = false;
  #flushed: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Throws errors of writing. */
  write(bytes: Buffer, position: number): void {
    writeWhole(this.#file.fd, bytes, position);
    this.#written += bytes.length;
    if (this.#isFlushing || this.#written < FLUSH_BYTES) return;
    this.#written = 0;
    this.#isFlushing = true;
    this.#flushed = this.#flush();
  }

  /** Resolves when everything is on the disk. Rejects with the errors of earlier flushes too. */
  async flush(): Promise<void> {
    await this.#flushed;
    if (this.#failure !== undefined) throw this.#failure;
    await this.#file.sync();
  }

  /** An error is kept: the system reports each only once. */
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
