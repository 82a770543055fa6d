/** Writes NDJSON. The value is the last member, so that a decoder can hand it on as it reads it. */
import { isUtf8 } from 'node:buffer';
import { Base64Text, base64Text } from './base64-text.js';
import type { Encoder, OutgoingRecord } from './format.js';
import { isPlain, isSpecial } from './json-bytes.js';
import { ESCAPED_BYTES, escapeJson } from './json-escape.js';
import { OutputBuffer } from './output-buffer.js';
import { writeLiteral, writePlainBytes } from './plain-bytes.js';
import { writePlainKey } from './plain-key.js';
import { Utf8Check } from './utf8-check.js';

/** Bytes of a value that are escaped in one go: what is made room for may be six times as much. */
const STEP_BYTES = 64 * 1024;

const beforeKey = Buffer.from('{"key":"');
const beforeText = Buffer.from('","value":"');
const afterText = Buffer.from('"}\n');
const LITERAL_BYTES = beforeKey.length + beforeText.length + afterText.length;

export class NdjsonEncoder implements Encoder {
  readonly #out = new OutputBuffer();

  get waiting(): number {
    return this.#out.length;
  }

  addPlain(
    bytes: Buffer,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): boolean {
    const out = this.#out.room(keyEnd - keyStart + valueEnd - valueStart + LITERAL_BYTES);
    let to = writeLiteral(beforeKey, out, this.#out.length);
    to = writePlainBytes(bytes, keyStart, keyEnd, isPlain, out, to);
    to = writeLiteral(beforeText, out, to);
    to = writePlainBytes(bytes, valueStart, valueEnd, isPlain, out, to);
    to = writeLiteral(afterText, out, to);
    if (to < 0) return false;
    this.#out.length = to;
    return true;
  }

  add(key: string, value: Uint8Array): void {
    const isText = isUtf8(value);
    this.#begin(key, isText);
    if (isText) this.#addText(value);
    else this.#out.ascii(base64Text(value));
    this.#out.ascii('"}\n');
  }

  take(): Buffer {
    return this.#out.take();
  }

  *stream({ key, pieces }: OutgoingRecord): Iterable<Buffer> {
    const base64 = isText(pieces()) ? undefined : new Base64Text();
    this.#begin(key, base64 === undefined);
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

  #begin(key: string, isText: boolean): void {
    this.#out.ascii('{"key":"');
    this.#addKey(key);
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
