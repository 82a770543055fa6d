/** Decodes a JSON string to UTF-8, from bytes that may be cut anywhere. */
import { BACKSLASH, QUOTE } from '../bytes/ascii.js';
import { hexValues } from '../bytes/hex-digits.js';
import { isSpecial } from './bytes.js';
import { loneSurrogateIn, notJson } from './record.js';

/** Bytes of `out` for one more character, at most. */
const CHARACTER_BYTES = 4;

export class JsonUnescape {
  /** The output; the string is from where `begin` said up to `written`. */
  out: Buffer = Buffer.alloc(0);
  written = 0;
  /** Whether the closing quote has been read. */
  closed = false;
  /** Why the string is malformed, once it is. */
  malformed: string | undefined;
  #escape = NO_ESCAPE;
  #unit = 0;
  /** The first half of a surrogate pair, whose second half has to follow; else 0. */
  #high = 0;

  /** Begins a string, after its opening quote. */
  begin(out: Buffer, written: number): void {
    this.out = out;
    this.written = written;
    this.closed = false;
    this.malformed = undefined;
    this.#escape = NO_ESCAPE;
    this.#high = 0;
  }

  /**
   * Continues at `at`: to the end of the bytes, behind the closing quote, to where it is malformed,
   * or until `out` is full. Returns where it stopped.
   */
  push(bytes: Uint8Array, at: number, end: number): number {
    let from = at;
    while (from < end && this.#hasRoom()) {
      if (this.#escape === NO_ESCAPE) {
        from = this.#copyPlain(bytes, from, end);
        if (from === end || !this.#hasRoom()) return from;
        this.#takeSpecial(bytes[from]!);
      } else {
        this.#takeEscaped(bytes[from]!);
      }
      if (this.malformed !== undefined) return from;
      from++;
      if (this.closed) return from;
    }
    return from;
  }

  #hasRoom(): boolean {
    return this.written + CHARACTER_BYTES <= this.out.length;
  }

  /** Copies up to the next special byte; after half a surrogate pair, nothing. */
  #copyPlain(bytes: Uint8Array, at: number, end: number): number {
    if (this.#high > 0) return at;
    const { out } = this;
    const room = out.length - CHARACTER_BYTES;
    let from = at;
    let to = this.written;
    while (from < end && to <= room) {
      const byte = bytes[from]!;
      if (isSpecial[byte] === 1) break;
      out[to++] = byte;
      from++;
    }
    this.written = to;
    return from;
  }

  #takeSpecial(byte: number): void {
    if (byte === BACKSLASH) this.#escape = AFTER_BACKSLASH;
    else if (this.#high > 0) this.malformed = loneSurrogateIn('value');
    else if (byte === QUOTE) this.closed = true;
    else this.malformed = notJson;
  }

  #takeEscaped(byte: number): void {
    if (this.#escape !== AFTER_BACKSLASH) {
      this.#takeDigit(hexValues[byte]!);
    } else if (byte === LOWER_U) {
      this.#escape = 0;
      this.#unit = 0;
    } else if (shortEscapes[byte] === 0) {
      this.malformed = notJson;
    } else {
      this.#takeUnit(shortEscapes[byte]!);
    }
  }

  #takeDigit(digit: number): void {
    this.#unit = (this.#unit << 4) | digit;
    this.#escape++;
    if (digit < 0) this.malformed = notJson;
    else if (this.#escape === UNIT_DIGITS) this.#takeUnit(this.#unit);
  }

  /** Takes an escaped UTF-16 unit. */
  #takeUnit(unit: number): void {
    this.#escape = NO_ESCAPE;
    const isLow = unit >= 0xdc00 && unit <= 0xdfff;
    if (isLow !== this.#high > 0) {
      this.malformed = loneSurrogateIn('value');
    } else if (unit >= 0xd800 && unit <= 0xdbff) {
      this.#high = unit;
    } else {
      const point = isLow ? 0x10000 + ((this.#high - 0xd800) << 10) + (unit - 0xdc00) : unit;
      this.#high = 0;
      this.written = writeCharacter(point, this.out, this.written);
    }
  }
}

function writeCharacter(point: number, out: Uint8Array, at: number): number {
  let to = at;
  if (point < 0x80) {
    out[to++] = point;
    return to;
  }
  if (point < 0x800) {
    out[to++] = 0xc0 | (point >> 6);
  } else {
    if (point < 0x10000) {
      out[to++] = 0xe0 | (point >> 12);
    } else {
      out[to++] = 0xf0 | (point >> 18);
      out[to++] = 0x80 | ((point >> 12) & 0x3f);
    }
    out[to++] = 0x80 | ((point >> 6) & 0x3f);
  }
  out[to++] = 0x80 | (point & 0x3f);
  return to;
}

// How much of an escape has been read: nothing, its backslash, or its `u` and a number of digits.
const NO_ESCAPE = -2;
const AFTER_BACKSLASH = -1;
const UNIT_DIGITS = 4;
const LOWER_U = 0x75;

/** The character for a letter after a backslash, else 0. */
const shortEscapes = new Uint8Array(256);
for (const [index, letter] of [...'"\\/bfnrt'].entries()) {
  shortEscapes[letter.charCodeAt(0)] = '"\\/\b\f\n\r\t'.charCodeAt(index);
}
