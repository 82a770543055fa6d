/** Writes a dump as `mdb_dump` does, with `format=bytevalue`. */

import { hexDigits } from '../bytes/hex-digits.js';
import { OutputBuffer } from '../bytes/output-buffer.js';
import type { Encoder, OutgoingRecord, PlacedRecords } from '../format.js';
import { dataEnd, headerEnd } from './lines.js';

/**
 * How large `mdb_load` lets a database become; it takes only address space. Without it, a dump over
 * a few MiB does not load.
 */
const MAP_SIZE_BYTES = 2 ** 40;

const header = [
  'VERSION=3',
  'format=bytevalue',
  'type=btree',
  `mapsize=${MAP_SIZE_BYTES}`,
  headerEnd,
];

export class MdbEncoder implements Encoder {
  readonly keepsExpiry = false;
  readonly #out = new OutputBuffer();

  constructor() {
    this.#out.ascii(`${header.join('\n')}\n`);
  }

  get waiting(): number {
    return this.#out.length;
  }

  addPlain({ bytes, places, count }: PlacedRecords, from: number): number {
    for (let position = from; position < count; position++) {
      const place = 4 * position;
      const valueStart = places[place + 2]!;
      if (valueStart < 0) return position;
      this.#out.ascii(' ');
      this.#addHex(bytes, places[place], places[place + 1]);
      this.#out.ascii('\n ');
      this.#addHex(bytes, valueStart, places[place + 3]);
      this.#out.ascii('\n');
    }
    return count;
  }

  add(key: string, value: Uint8Array): void {
    this.#addKey(key);
    this.#addHex(value);
    this.#out.ascii('\n');
  }

  take(): Buffer {
    return this.#out.take();
  }

  *stream({ key, pieces }: OutgoingRecord): Iterable<Buffer> {
    this.#addKey(key);
    for (const piece of pieces()) {
      this.#addHex(piece);
      if (this.#out.isFull) yield this.#out.take();
    }
    this.#out.ascii('\n');
    yield this.#out.take();
  }

  end(): Buffer {
    this.#out.ascii(`${dataEnd}\n`);
    return this.#out.take();
  }

  /** The key's line, and the beginning of the value's line. */
  #addKey(key: string): void {
    this.#out.ascii(' ');
    this.#addHex(Buffer.from(key));
    this.#out.ascii('\n ');
  }

  #addHex(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const out = this.#out.room(2 * (end - start));
    let to = this.#out.length;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      out[to++] = hexDigits[byte >> 4]!;
      out[to++] = hexDigits[byte & 15]!;
    }
    this.#out.length = to;
  }
}
