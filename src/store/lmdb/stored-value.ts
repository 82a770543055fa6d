/** The two kinds of values, as they were read. */
import type { KvError } from '../../errors.js';
import type { Metadata, StoredValue } from '../record.js';
import type { Chunks } from './chunks.js';
import type { Snapshot } from './reads.js';
import type { ChunkedValue, Header } from './record-layout.js';

/** A value beside its key: a copy, so it needs no snapshot. */
export class InlineValue implements StoredValue {
  readonly kind = 'inline';
  readonly size: number;
  readonly version: number;
  readonly modified: number;
  readonly expires: number | undefined;
  readonly #bytes: Uint8Array;

  constructor({ size, version, modified, expires }: Metadata, bytes: Uint8Array) {
    this.size = size;
    this.version = version;
    this.modified = modified;
    this.expires = expires;
    this.#bytes = bytes;
  }

  read(position: number, length: number): Uint8Array {
    return this.#bytes.subarray(position, position + length);
  }

  close(): void {}
}

/** A value in chunks, read one chunk at a time from the snapshot that it keeps. */
export class ValueInChunks implements StoredValue {
  readonly kind = 'chunked';
  readonly size: number;
  readonly version: number;
  readonly modified: number;
  readonly expires: number | undefined;
  readonly #value: ChunkedValue;
  readonly #chunks: Chunks;
  readonly #damaged: (state: string) => KvError;
  #snapshot: Snapshot;
  #closed = false;
  /** The chunk read last, since readers with small buffers come back for the rest. */
  #current: { readonly index: number; readonly bytes: Buffer } | undefined;

  /** `damaged` makes the error for a damaged record. */
  constructor(
    header: Header & { readonly chunked: ChunkedValue },
    chunks: Chunks,
    snapshot: Snapshot,
    damaged: (state: string) => KvError,
  ) {
    this.size = header.size;
    this.version = header.version;
    this.modified = header.modified;
    this.expires = header.expires;
    this.#value = header.chunked;
    this.#chunks = chunks;
    this.#damaged = damaged;
    this.#snapshot = snapshot;
  }

  read(position: number, length: number): Uint8Array {
    if (position >= this.size || length === 0) return new Uint8Array(0);
    const { chunkSize } = this.#value;
    const index = Math.floor(position / chunkSize);
    if (this.#current?.index !== index) {
      const bytes = this.#chunks.read(this.#value, index, this.#snapshot);
      if (typeof bytes === 'string') throw this.#damaged(bytes);
      this.#current = { index, bytes };
    }
    const offset = position - index * chunkSize;
    return this.#current.bytes.subarray(offset, offset + length);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#snapshot?.done();
    this.#snapshot = undefined;
    this.#current = undefined;
  }
}
