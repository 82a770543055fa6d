/**
 * Writes CSV and TSV, always with all three columns: whether one value needs `base64` is not known
 * when the header is written.
 */
import { isUtf8 } from 'node:buffer';
import { CARRIAGE_RETURN, NEWLINE, QUOTE } from '../bytes/ascii.js';
import { base64Text } from '../bytes/base64-text.js';
import { OutputBuffer } from '../bytes/output-buffer.js';
import { writeLiteral, writePlainBytes } from '../bytes/plain-bytes.js';
import { writePlainKey } from '../bytes/plain-key.js';
import { type Encoder, FormatError, type OutgoingRecord, type RecordSpan } from '../format.js';
import type { CsvDialect } from './dialect.js';

export class CsvEncoder implements Encoder {
  readonly #limit: number;
  readonly #separator: string;
  readonly #afterKey: Buffer;
  /** What comes after a value that is text. */
  readonly #afterText: Buffer;
  readonly #out = new OutputBuffer();
  /** 1 for each byte that makes a field need quotes. */
  readonly #isSpecial = new Uint8Array(256);
  /** 1 for each byte that is not a character of its own, or needs quotes. */
  readonly #isOdd = new Uint8Array(256).fill(1, 0x80);

  constructor({ separator }: CsvDialect, limitBytes: number) {
    this.#limit = limitBytes;
    this.#separator = String.fromCharCode(separator);
    this.#afterKey = Buffer.of(separator);
    this.#afterText = Buffer.of(separator, NEWLINE);
    for (const byte of [separator, QUOTE, NEWLINE, CARRIAGE_RETURN]) {
      this.#isSpecial[byte] = 1;
      this.#isOdd[byte] = 1;
    }
    this.#out.ascii(`${['key', 'value', 'base64'].join(this.#separator)}\n`);
  }

  get waiting(): number {
    return this.#out.length;
  }

  addPlain({ bytes, keyStart, keyEnd, valueStart, valueEnd }: RecordSpan): boolean {
    const size = keyEnd - keyStart + valueEnd - valueStart + 3;
    if (size > this.#limit) return false;
    const out = this.#out.room(size);
    let to = this.#out.length;
    to = writePlainBytes(bytes, keyStart, keyEnd, this.#isOdd, out, to);
    to = writeLiteral(this.#afterKey, out, to);
    to = writePlainBytes(bytes, valueStart, valueEnd, this.#isOdd, out, to);
    to = writeLiteral(this.#afterText, out, to);
    if (to < 0) return false;
    this.#out.length = to;
    return true;
  }

  add(key: string, value: Uint8Array): void {
    const out = this.#out;
    const start = out.length;
    if (value.length > this.#limit) throw this.#tooLarge(key);
    this.#addKey(key);
    out.ascii(this.#separator);
    const isText = isUtf8(value);
    if (isText) this.#addField(value);
    else out.ascii(base64Text(value));
    out.ascii(this.#separator);
    if (!isText) out.ascii('true');
    // What a decoder would reject is not written.
    if (out.length - start > this.#limit) {
      out.length = start;
      throw this.#tooLarge(key);
    }
    out.ascii('\n');
  }

  take(): Buffer {
    return this.#out.take();
  }

  *stream({ key, size, pieces }: OutgoingRecord): Iterable<Buffer> {
    if (size > this.#limit) throw this.#tooLarge(key);
    this.add(key, Buffer.concat([...pieces()]));
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
