/** The records of a dump of LMDB, each a line with its key and a line with its value. */
import { isUtf8 } from 'node:buffer';
import { NEWLINE, SPACE } from '../bytes/ascii.js';
import { Scratch } from '../bytes/scratch.js';
import { FormatError, type RecordSink } from '../format.js';
import { MdbLargeValue } from './large-value.js';
import { keyWithoutValue } from './lines.js';
import type { MdbText } from './text.js';

export class MdbAnyRecord {
  readonly #sink: RecordSink;
  readonly #text: MdbText;
  readonly #scratch = new Scratch();

  constructor(sink: RecordSink, text: MdbText) {
    this.#sink = sink;
    this.#text = text;
  }

  /** Hands over the record in the two lines, or rejects it. */
  read(line: number, bytes: Buffer, start: number, end: number): void {
    const keyLineEnd = bytes.indexOf(NEWLINE, start);
    if (bytes[keyLineEnd + 1] !== SPACE) throw new FormatError(line, keyWithoutValue);
    const out = this.#scratch.room(end - start);
    const keyEnd = this.#decode(bytes, start + 1, keyLineEnd, out, 0);
    const valueEnd = this.#decode(bytes, keyLineEnd + 2, end, out, Math.max(keyEnd, 0));
    const reason = this.#wrongInKey(out, keyEnd) ?? this.#wrongIn('value', valueEnd);
    if (reason !== undefined) this.#sink.reject(line, reason, bytes.subarray(start, end));
    else this.#sink.record(line, { bytes: out, keyStart: 0, keyEnd, valueStart: keyEnd, valueEnd });
  }

  /**
   * Takes the beginning of a record over the limit, and returns the reader for the rest of it;
   * undefined if it has been rejected.
   */
  begin(line: number, head: Buffer): MdbLargeValue | undefined {
    const keyLineEnd = head.indexOf(NEWLINE);
    if (keyLineEnd === -1) {
      this.#sink.reject(line, `a key over ${head.length} bytes`, head);
      return undefined;
    }
    const out = this.#scratch.room(keyLineEnd);
    const keyEnd = this.#decode(head, 1, keyLineEnd, out, 0);
    const reason = this.#wrongInKey(out, keyEnd);
    if (reason !== undefined) {
      this.#sink.reject(line, reason, head);
      return undefined;
    }
    this.#sink.beginValue(line, out.subarray(0, keyEnd));
    const value = new MdbLargeValue(line, this.#sink, this.#text);
    value.push(head, keyLineEnd + 1, head.length);
    return value;
  }

  #decode(bytes: Buffer, start: number, end: number, out: Buffer, outStart: number): number {
    const length = this.#text.push(bytes, start, end, out, outStart);
    return this.#text.end() ? length : -1;
  }

  #wrongInKey(out: Buffer, keyEnd: number): string | undefined {
    const reason = this.#wrongIn('key', keyEnd);
    if (reason !== undefined || isUtf8(out.subarray(0, keyEnd))) return reason;
    return 'the key is not valid UTF-8';
  }

  #wrongIn(part: string, decoded: number): string | undefined {
    return decoded === -1 ? `in the ${part}: ${this.#text.malformed}` : undefined;
  }
}
