/** Decodes the bytes in a dump of LMDB, in lines that may be cut anywhere. */
import { BACKSLASH, CARRIAGE_RETURN } from '../bytes/ascii.js';
import { hexValues } from '../bytes/hex-digits.js';

/** Decodes one line after another. */
export interface MdbText {
  /** The reason for a malformed line. */
  readonly malformed: string;
  /** Writes the decoded bytes, and returns where they end; -1 if malformed. */
  push(bytes: Uint8Array, start: number, end: number, out: Uint8Array, outStart: number): number;
  /** Whether the line was complete. The next `push` begins another. */
  end(): boolean;
}

/** `format=bytevalue`: two hexadecimal digits a byte. */
export class BytevalueText implements MdbText {
  readonly malformed = 'not pairs of hexadecimal digits';
  #high = -1;
  #ended = false;

  push(bytes: Uint8Array, start: number, end: number, out: Uint8Array, outStart: number): number {
    let high = this.#high;
    let to = outStart;
    for (let at = start; at < end; at++) {
      const digit = hexValues[bytes[at]!]!;
      if (this.#ended) return -1;
      if (digit < 0) {
        if (bytes[at] !== CARRIAGE_RETURN) return -1;
        this.#ended = true;
      } else if (high < 0) {
        high = digit;
      } else {
        out[to++] = (high << 4) | digit;
        high = -1;
      }
    }
    this.#high = high;
    return to;
  }

  end(): boolean {
    const isComplete = this.#high < 0;
    this.#high = -1;
    this.#ended = false;
    return isComplete;
  }
}

/** `format=print`: bytes unchanged, or as a backslash and two digits, or two backslashes. */
export class PrintText implements MdbText {
  readonly malformed = 'a backslash that is no escape (a dump without -p has none)';
  #state: 'plain' | 'backslash' | 'digit' | 'ended' = 'plain';
  #high = 0;

  push(bytes: Uint8Array, start: number, end: number, out: Uint8Array, outStart: number): number {
    let to = outStart;
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      const digit = hexValues[byte]!;
      if (this.#state === 'plain') {
        if (byte === BACKSLASH) this.#state = 'backslash';
        else if (byte === CARRIAGE_RETURN) this.#state = 'ended';
        else out[to++] = byte;
      } else if (this.#state === 'backslash' && byte === BACKSLASH) {
        this.#state = 'plain';
        out[to++] = byte;
      } else if (this.#state === 'ended' || digit < 0) {
        return -1;
      } else if (this.#state === 'backslash') {
        this.#state = 'digit';
        this.#high = digit;
      } else {
        this.#state = 'plain';
        out[to++] = (this.#high << 4) | digit;
      }
    }
    return to;
  }

  end(): boolean {
    const isComplete = this.#state === 'plain' || this.#state === 'ended';
    this.#state = 'plain';
    return isComplete;
  }
}
