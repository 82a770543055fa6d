/**
 * Writes NDJSON. The value is the last member, so that a decoder can hand it on while it reads it.
 */
import { isUtf8 } from 'node:buffer';
import { BACKSLASH, NEWLINE } from '../bytes/ascii.js';
import { Base64Text, base64Text } from '../bytes/base64-text.js';
import { OutputBuffer } from '../bytes/output-buffer.js';
import { viewOf, writePlainBytes } from '../bytes/plain-bytes.js';
import { writePlainKey } from '../bytes/plain-key.js';
import { Utf8Check } from '../bytes/utf8-check.js';
import type { Encoder, OutgoingRecord, PlacedRecords } from '../format.js';
import { isSpecial } from '../json/bytes.js';
import { ESCAPED_BYTES, escapeJson } from '../json/escape.js';

/** Bytes of a value that are escaped at once; the result may be six times as long. */
const STEP_BYTES = 64 * 1024;

/** Bytes of a plain record besides its key and value. */
const LITERAL_BYTES = 22;

export class NdjsonEncoder implements Encoder {
  readonly keepsExpiry = true;
  readonly #out = new OutputBuffer();

  get waiting(): number {
    return this.#out.length;
  }

  addPlain({ bytes, places, count }: PlacedRecords, from: number): number {
    const out = this.#out.view(bytes.length + (count - from) * LITERAL_BYTES);
    const source = viewOf(bytes);
    for (let position = from; position < count; position++) {
      const place = 4 * position;
      const valueStart = places[place + 2]!;
      if (valueStart < 0) return position;
      let to = this.#out.length;
      // {"key":"
      out.setInt32(to, 0x7b226b65);
      out.setInt32(to + 4, 0x79223a22);
      to = writePlainBytes(source, places[place]!, places[place + 1]!, BACKSLASH, out, to + 8);
      if (to < 0) return position;
      // ","value":"
      out.setInt32(to, 0x222c2276);
      out.setInt32(to + 4, 0x616c7565);
      out.setInt32(to + 7, 0x65223a22);
      to = writePlainBytes(source, valueStart, places[place + 3]!, BACKSLASH, out, to + 11);
      if (to < 0) return position;
      // "}
      out.setInt16(to, 0x227d);
      out.setUint8(to + 2, NEWLINE);
      this.#out.length = to + 3;
    }
    return count;
  }

  add(key: string, value: Uint8Array, expires?: number): void {
    const isText = isUtf8(value);
    this.#begin(key, isText, expires);
    if (isText) this.#addText(value);
    else this.#out.ascii(base64Text(value));
    this.#out.ascii('"}\n');
  }

  take(): Buffer {
    return this.#out.take();
  }

  *stream({ key, expires, pieces }: OutgoingRecord): Iterable<Buffer> {
    const base64 = isText(pieces()) ? undefined : new Base64Text();
    this.#begin(key, base64 === undefined, expires);
    for (const piece of pieces()) {
      if (base64) this.#out.ascii(base64.push(piece));
      else this.#addText(piece);
      if (this.#out.isFull) yield this.#out.take();
    }
    if (base64) this.#out.ascii(base64.end());
    this.#out.ascii('"}\n');
    yield this.#out.take();
  }

  end(): Buffer {
    return this.#out.take();
  }

  #begin(key: string, isText: boolean, expires: number | undefined): void {
    this.#out.ascii('{"key":"');
    this.#addKey(key);
    if (expires !== undefined) this.#out.ascii(`","expires":"${new Date(expires).toISOString()}`);
    this.#out.ascii(isText ? '","value":"' : '","base64":true,"value":"');
  }

  #addKey(key: string): void {
    const out = this.#out;
    const end = writePlainKey(key, out.room(key.length), out.length, isSpecial);
    if (end === -1) this.#addText(Buffer.from(key));
    else out.length = end;
  }

  #addText(bytes: Uint8Array): void {
    const out = this.#out;
    for (let at = 0; at < bytes.length; at += STEP_BYTES) {
      const step = bytes.length <= STEP_BYTES ? bytes : bytes.subarray(at, at + STEP_BYTES);
      out.length = escapeJson(step, out.room(step.length * ESCAPED_BYTES), out.length);
    }
  }
}

function isText(pieces: Iterable<Uint8Array>): boolean {
  const check = new Utf8Check();
  for (const piece of pieces) {
    if (!check.push(piece)) return false;
  }
  return check.end();
}
