/**
 * An upload: in memory while it is small, then in chunks that are written to the disk, not yet
 * visible.
 */
import { KvError } from '../../errors.js';
import type { Upload } from '../store.js';
import { CHUNK_SIZE_BYTES, INLINE_LIMIT_BYTES } from './layout.js';
import type { Parts } from './parts.js';
import type { ChunkedValue } from './record-layout.js';

/** Bytes held in memory, and written in one transaction: 16 chunks, about 4 MiB. */
const BATCH_BYTES = 16 * CHUNK_SIZE_BYTES;

export class LmdbUpload implements Upload {
  readonly #parts: Parts;
  /** The value that has been begun on the disk, in whole batches. */
  #begun: { readonly valueId: number; written: number } | undefined;
  #buffer = Buffer.alloc(0);
  #buffered = 0;
  #closed = false;
  /** The error in the middle of an append: the value would lack a piece. */
  #failure: unknown;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * An upload that continues a record's value, which is registered as this process's own; `tail` is
   * the contents of its last chunk if that is not full. The record does not show it.
   */
  static behind(parts: Parts, { valueId, size }: ChunkedValue, tail: Uint8Array): LmdbUpload {
    const upload = new LmdbUpload(parts);
    upload.#begun = { valueId, written: size - tail.length };
    upload.#hold(tail);
    return upload;
  }

  isOf({ environment }: Parts): boolean {
    return environment === this.#parts.environment;
  }

  get size(): number {
    return (this.#begun?.written ?? 0) + this.#buffered;
  }

  append(bytes: Uint8Array): void {
    this.#mustBeOpen();
    try {
      this.#take(bytes);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  /** What has been appended so far, in a record's form; within a transaction. */
  contents(): Uint8Array | ChunkedValue {
    this.#mustBeOpen();
    return this.#begun ? this.#tail(this.#begun) : this.#whole();
  }

  /** Everything, while nothing is on the disk; valid until more is appended. */
  get held(): Uint8Array | undefined {
    this.#mustBeOpen();
    return this.#begun ? undefined : this.#buffer.subarray(0, this.#buffered);
  }

  /** What has been appended so far, in pieces, each valid until the next. Throws `damaged`. */
  *pieces(): Generator<Uint8Array> {
    this.#mustBeOpen();
    const { chunks, environment } = this.#parts;
    const { valueId, written } = this.#begun ?? { valueId: 0, written: 0 };
    const value = { valueId, size: written, chunkSize: CHUNK_SIZE_BYTES };
    for (let index = 0; index * CHUNK_SIZE_BYTES < written; index++) {
      environment.refresh();
      const chunk = chunks.read(value, index, undefined);
      if (typeof chunk === 'string') {
        throw new KvError('damaged', `store "${environment.path}" is damaged: ${chunk}`);
      }
      yield chunk;
    }
    yield this.#buffer.subarray(0, this.#buffered);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#buffer = Buffer.alloc(0);
    const begun = this.#begun;
    if (begun === undefined) return;
    try {
      const { chunks, transactions } = this.#parts;
      transactions.run(() => chunks.endUpload(begun.valueId, begun.written));
    } catch {
      // The register still names this process as the owner: the next writer after it has ended
      // reclaims the chunks. The caller can do nothing about it, and is often failing already.
    }
  }

  #take(bytes: Uint8Array): void {
    let rest = bytes;
    if (this.#buffered + rest.length > BATCH_BYTES) {
      // Whole chunks go from the caller's memory to the store, without the buffer.
      const gap = (CHUNK_SIZE_BYTES - (this.#buffered % CHUNK_SIZE_BYTES)) % CHUNK_SIZE_BYTES;
      this.#hold(rest.subarray(0, gap));
      const end = rest.length - ((rest.length - gap) % CHUNK_SIZE_BYTES);
      this.#flush(rest.subarray(gap, end));
      rest = rest.subarray(end);
    }
    this.#hold(rest);
  }

  /** Writes the buffer and `more`, which is whole chunks, to the disk. */
  #flush(more: Uint8Array): void {
    const held = this.#buffer.subarray(0, this.#buffered);
    const first = BATCH_BYTES - held.length;
    this.#writeBatch(held, more.subarray(0, first));
    this.#buffered = 0;
    for (let offset = first; offset < more.length; offset += BATCH_BYTES) {
      this.#writeBatch(more.subarray(offset, offset + BATCH_BYTES));
    }
  }

  /** Writes whole chunks in one transaction, and registers their owner. */
  #writeBatch(...parts: Uint8Array[]): void {
    const { chunks, environment, transactions } = this.#parts;
    let written = this.#begun?.written ?? 0;
    const valueId = transactions.run(() => {
      const id = this.#begun?.valueId ?? environment.writes.nextNumber();
      if (this.#begun) chunks.renewUpload(id);
      else chunks.beginUpload(id);
      for (const part of parts) {
        chunks.write(id, written, part);
        written += part.length;
      }
      return id;
    });
    this.#begun = { valueId, written };
  }

  /** Copies bytes into the buffer, as far as there is room. */
  #hold(bytes: Uint8Array): void {
    this.#reserve(this.#buffered + bytes.length);
    this.#buffer.set(bytes, this.#buffered);
    this.#buffered += bytes.length;
  }

  /** The chunks still in memory, after those on the disk. */
  #tail({ valueId, written }: { valueId: number; written: number }): ChunkedValue {
    const { size } = this;
    this.#parts.chunks.renewUpload(valueId, size);
    this.#parts.chunks.write(valueId, written, this.#buffer.subarray(0, this.#buffered));
    return { valueId, size, chunkSize: CHUNK_SIZE_BYTES };
  }

  /** Everything from memory: a new value at each call, which the upload does not keep. */
  #whole(): Uint8Array | ChunkedValue {
    const bytes = this.#buffer.subarray(0, this.#buffered);
    if (bytes.length <= INLINE_LIMIT_BYTES) return bytes;
    const valueId = this.#parts.environment.writes.nextNumber();
    this.#parts.chunks.write(valueId, 0, bytes);
    return { valueId, size: bytes.length, chunkSize: CHUNK_SIZE_BYTES };
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error('an upload was used after it was closed');
    if (this.#failure) throw this.#failure;
  }

  #reserve(length: number): void {
    if (length <= this.#buffer.length) return;
    const doubled = Math.max(2 * this.#buffer.length, length);
    const larger = Buffer.allocUnsafe(Math.min(doubled, BATCH_BYTES));
    this.#buffer.copy(larger, 0, 0, this.#buffered);
    this.#buffer = larger;
  }
}
