/**
 * Records as most programs write them, recognised byte by byte: `key`, perhaps `"base64":true`, and
 * `value`, in that order, with or without a space after each colon and comma. Everything else is
 * left to JSON.parse.
 */
import { CLOSE_BRACE, QUOTE, SPACE } from '../bytes/ascii.js';
import { decodeBase64 } from '../bytes/base64.js';
import type { RecordSpan } from '../format.js';
import { isSpecial } from './bytes.js';
import { JsonUnescape } from './unescape.js';

/** Shorter records with escapes are decoded here. */
const SCRATCH_BYTES = 64 * 1024;

/** The record found last. */
export class JsonUsualRecord implements RecordSpan {
  bytes: Buffer = Buffer.alloc(0);
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  readonly #string = new JsonUnescape();
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

  /**
   * Where the record at `at` ends, with its places now known; -1 if it is not of this kind. The
   * bytes must be UTF-8, and a newline, or their end, must follow the record.
   */
  match(bytes: Buffer, at: number): number {
    const end = this.#matchPlain(bytes, at);
    return end === -1 ? this.#matchEncoded(bytes, at) : end;
  }

  /** A record without escapes and base64, left where it is. */
  #matchPlain(bytes: Buffer, at: number): number {
    let index = passWord(bytes, at, keyWord);
    if (index === -1) return -1;
    this.keyStart = index;
    while (isSpecial[bytes[index]!] === 0) index++;
    this.keyEnd = index;
    if (bytes[index] !== QUOTE) return -1;
    index = passWord(bytes, index + 1, valueWord);
    if (index === -1) return -1;
    this.valueStart = index;
    while (isSpecial[bytes[index]!] === 0) index++;
    this.valueEnd = index;
    this.bytes = bytes;
    return bytes[index] === QUOTE && bytes[index + 1] === CLOSE_BRACE ? index + 2 : -1;
  }

  #matchEncoded(bytes: Buffer, at: number): number {
    let index = passWord(bytes, at, keyWord);
    if (index !== -1) index = this.#unescape(bytes, index, 0);
    if (index === -1) return -1;
    const keyEnd = this.#string.written;
    const flagEnd = passWord(bytes, index, base64Word);
    index = passWord(bytes, flagEnd === -1 ? index : flagEnd, valueWord);
    if (index !== -1) index = this.#unescape(bytes, index, keyEnd);
    if (index === -1 || bytes[index] !== CLOSE_BRACE) return -1;
    const out = this.#scratch;
    const written = this.#string.written;
    const length =
      flagEnd === -1 ? written - keyEnd : decodeBase64(out, keyEnd, written, out, keyEnd);
    if (length === -1) return -1;
    this.bytes = out;
    this.keyStart = 0;
    this.keyEnd = keyEnd;
    this.valueStart = keyEnd;
    this.valueEnd = keyEnd + length;
    return index + 1;
  }

  #unescape(bytes: Buffer, at: number, written: number): number {
    this.#string.begin(this.#scratch, written);
    const index = this.#string.push(bytes, at, bytes.length);
    return this.#string.closed ? index : -1;
  }
}

/** Skips the word, in which each space may be missing; -1 if it is not there. */
function passWord(bytes: Uint8Array, at: number, word: Uint8Array): number {
  let index = at;
  for (let letter = 0; letter < word.length; letter++) {
    if (bytes[index] === word[letter]) index++;
    else if (word[letter] !== SPACE) return -1;
  }
  return index;
}

const keyWord = Buffer.from('{"key": "');
const base64Word = Buffer.from(', "base64": true');
const valueWord = Buffer.from(', "value": "');
