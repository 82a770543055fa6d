/** Finds where a JSON value ends by its brackets and quotes, in bytes that may be cut anywhere. */
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../bytes/ascii.js';
import { isJsonSpace, isSpecial } from './bytes.js';

export class JsonValueEnd {
  /** Newlines in the value so far. */
  newlines = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #started = false;

  begin(): void {
    this.newlines = 0;
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    this.#started = false;
  }

  /** The end of the value that begins, or continues, at `at`; -1 if it is not in these bytes. */
  find(bytes: Uint8Array, at: number, end: number): number {
    for (let index = at; index < end; index++) {
      if (this.#inString) {
        index = this.#passString(bytes, index, end);
        if (index === end) return -1;
        if (this.#depth === 0) return index + 1;
        continue;
      }
      const byte = bytes[index]!;
      switch (byte) {
        case QUOTE:
          if (this.#depth === 0 && this.#started) return index;
          this.#inString = true;
          break;
        case OPEN_BRACE:
        case OPEN_BRACKET:
          if (this.#depth === 0 && this.#started) return index;
          this.#depth++;
          break;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          if (this.#depth === 0) return index;
          if (--this.#depth === 0) return index + 1;
          break;
        case NEWLINE:
          if (this.#depth === 0) return index;
          this.newlines++;
          break;
        default:
          if (this.#depth === 0 && (byte === COMMA || isJsonSpace(byte))) return index;
      }
      this.#started = true;
    }
    return -1;
  }

  /** Where the closing quote is, or `end`. */
  #passString(bytes: Uint8Array, at: number, end: number): number {
    let index = at;
    for (; index < end; index++) {
      if (this.#escaped) {
        this.#escaped = false;
        continue;
      }
      while (index < end && isSpecial[bytes[index]!] === 0) index++;
      if (index === end) break;
      const byte = bytes[index];
      if (byte === BACKSLASH) this.#escaped = true;
      if (byte === NEWLINE) this.newlines++;
      if (byte === QUOTE) {
        this.#inString = false;
        break;
      }
    }
    return index;
  }
}

/** The end of the value at `at`; -1 if it is not in these bytes. */
export function endOfValue(bytes: Uint8Array, at: number): number {
  return new JsonValueEnd().find(bytes, at, bytes.length);
}
