/** Writes of short values to one shard, packed for the script `batch`. */
import { crc32 } from 'node:zlib';
import type { Stamp } from '../record.js';
import { kinds } from './layout.js';

/** The kind of a deletion. */
const DELETE = 255;

/**
 * kind, CRC-32, expires, version and when it was written (0: new ones), bytes of the key, bytes of the value; then
 * both.
 */
const HEADER_BYTES = 1 + 4 + 3 * 8 + 4 + 4;

/** What is given of a record beside its key and value. */
export type Given = Partial<Stamp>;

/**
 * The most bytes, and writes, for one script, so that it blocks its server for some milliseconds
 * only.
 */
const SCRIPT_BYTES = 512 * 1024;
const SCRIPT_WRITES = 1000;

export class PackedWrites {
  /** The position of each write among all writes. */
  readonly positions: number[] = [];
  #bytes = Buffer.allocUnsafeSlow(4096);
  #used = 0;

  get isFull(): boolean {
    return this.#used >= SCRIPT_BYTES || this.positions.length >= SCRIPT_WRITES;
  }

  put(position: number, key: Uint8Array, value: Uint8Array, given: Given = {}): void {
    this.#add(position, kinds.inline, key, value, given);
  }

  delete(position: number, key: Uint8Array): void {
    this.#add(position, DELETE, key, new Uint8Array(0), {});
  }

  /** All of them. */
  packed(): Uint8Array {
    return this.#bytes.subarray(0, this.#used);
  }

  #add(
    position: number,
    kind: number,
    key: Uint8Array,
    value: Uint8Array,
    { expires = 0, version = 0, modified = 0 }: Given,
  ): void {
    const length = HEADER_BYTES + key.length + value.length;
    if (this.#used + length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (this.#used + length));
      this.#bytes.copy(larger, 0, 0, this.#used);
      this.#bytes = larger;
    }
    const bytes = this.#bytes;
    let at = bytes.writeUInt8(kind, this.#used);
    at = bytes.writeUInt32BE(kind === DELETE ? 0 : crc32(value), at);
    for (const number of [expires, version, modified]) at = bytes.writeDoubleBE(number, at);
    at = bytes.writeUInt32BE(key.length, at);
    at = bytes.writeUInt32BE(value.length, at);
    bytes.set(key, at);
    bytes.set(value, at + key.length);
    this.#used += length;
    this.positions.push(position);
  }
}
