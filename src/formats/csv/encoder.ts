/**
 * Writes CSV and TSV, always with all four columns: whether a value needs `base64`, or a record
 * expires, is not known when the header is written.
 */
import { isUtf8 } from 'node:buffer';
import { CARRIAGE_RETURN, NEWLINE, QUOTE } from '../bytes/ascii.js';
import { base64Text } from '../bytes/base64-text.js';
import { OutputBuffer } from '../bytes/output-buffer.js';
import { viewOf, writePlainBytes } from '../bytes/plain-bytes.js';
import { writePlainKey } from '../bytes/plain-key.js';
import { type Encoder, FormatError, type OutgoingRecord, type PlacedRecords } from '../format.js';
import type { CsvDialect } from './dialect.js';

/** Bytes of a plain record besides its key and value. */
const LITERAL_BYTES = 4;

export class CsvEncoder implements Encoder {
  readonly keepsExpiry = true;
  readonly #limit: number;
  readonly #separator: number;
  readonly #separatorText: string;
  readonly #out = new OutputBuffer();
  /** 1 for each byte that makes a field need quotes. */
  readonly #isSpecial = new Uint8Array(256);

  constructor({ separator }: CsvDialect, limitBytes: number) {
    this.#limit = limitBytes;
    this.#separator = separator;
    this.#separatorText = String.fromCharCode(separator);
    for (const byte of [separator, QUOTE, NEWLINE, CARRIAGE_RETURN]) this.#isSpecial[byte] = 1;
    this.#out.ascii(`${['key', 'value', 'base64', 'expires'].join(this.#separatorText)}\n`);
  }

  get waiting(): number {
    return this.#out.length;
  }

  addPlain({ bytes, places, count }: PlacedRecords, from: number): number {
    const separator = this.#separator;
    const out = this.#out.view(bytes.length + (count - from) * LITERAL_BYTES);
    const source = viewOf(bytes);
    for (let position = from; position < count; position++) {
      const place = 4 * position;
      const keyStart = places[place]!;
      const keyEnd = places[place + 1]!;
      const valueStart = places[place + 2]!;
      const valueEnd = places[place + 3]!;
      const size = keyEnd - keyStart + valueEnd - valueStart + LITERAL_BYTES;
      if (valueStart < 0 || size > this.#limit) return position;
      let to = writePlainBytes(source, keyStart, keyEnd, separator, out, this.#out.length);
      if (to < 0) return position;
      out.setUint8(to, separator);
      to = writePlainBytes(source, valueStart, valueEnd, separator, out, to + 1);
      if (to < 0) return position;
      out.setUint8(to, separator);
      out.setUint8(to + 1, separator);
      out.setUint8(to + 2, NEWLINE);
      this.#out.length = to + 3;
    }
    return count;
  }

  add(key: string, value: Uint8Array, expires?: number): void {
    const out = this.#out;
    const start = out.length;
    if (value.length > this.#limit) throw this.#tooLarge(key);
    this.#addKey(key);
    out.ascii(this.#separatorText);
    const isText = isUtf8(value);
    if (isText) this.#addField(value);
    else out.ascii(base64Text(value));
    out.ascii(this.#separatorText);
    if (!isText) out.ascii('true');
    out.ascii(this.#separatorText);
    if (expires !== undefined) out.ascii(new Date(expires).toISOString());
    // A record that a decoder would reject is not written.
    if (out.length - start > this.#limit) {
      out.length = start;
      throw this.#tooLarge(key);
    }
    out.ascii('\n');
  }

  take(): Buffer {
    return this.#out.take();
  }

  *stream({ key, size, expires, pieces }: OutgoingRecord): Iterable<Buffer> {
    if (size > this.#limit) throw this.#tooLarge(key);
    this.add(key, Buffer.concat([...pieces()]), expires);
    yield this.#out.take();
  }

  end(): Buffer {
    return this.#out.take();
  }

  #addKey(key: string): void {
    const out = this.#out;
    const end = writePlainKey(key, out.room(key.length), out.length, this.#isSpecial);
    if (end === -1) this.#addField(Buffer.from(key));
    else out.length = end;
  }

  #addField(field: Uint8Array): void {
    const out = this.#out;
    const bytes = out.room(field.length);
    let at = 0;
    while (at < field.length && this.#isSpecial[field[at]!] === 0) {
      bytes[out.length + at] = field[at]!;
      at++;
    }
    if (at < field.length) this.#addQuoted(field);
    else out.length += at;
  }

  #addQuoted(field: Uint8Array): void {
    const out = this.#out;
    const bytes = out.room(2 * field.length + 2);
    let to = out.length;
    bytes[to++] = QUOTE;
    for (let at = 0; at < field.length; at++) {
      const byte = field[at]!;
      if (byte === QUOTE) bytes[to++] = QUOTE;
      bytes[to++] = byte;
    }
    bytes[to++] = QUOTE;
    out.length = to;
  }

  #tooLarge(key: string): FormatError {
    const reason = `the record of "${key}" takes over ${this.#limit} bytes, which only ndjson and mdb can hold`;
    return new FormatError(0, reason);
  }
}
