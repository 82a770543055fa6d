/** A value in memory, as it was read. */
import type { Metadata, StoredValue, Version } from '../record.js';
import type { MemoryRecord } from './memory-state.js';

export class MemoryValue implements StoredValue {
  readonly kind = 'inline';
  readonly size: number;
  readonly version: Version;
  readonly modified: number;
  readonly expires: number | undefined;
  readonly #value: Uint8Array;

  constructor({ value, version, modified, expires }: MemoryRecord) {
    this.#value = value;
    this.size = value.length;
    this.version = version;
    this.modified = modified;
    this.expires = expires;
  }

  read(position: number, length: number): Uint8Array {
    return new Uint8Array(this.#value.subarray(position, position + length));
  }

  close(): void {}
}

export function metadataOf({ value, version, modified, expires }: MemoryRecord): Metadata {
  return { size: value.length, version, modified, expires, kind: 'inline' };
}
