/** The value of a record over the limit in a dump of LMDB, handed over while it is being read. */
import { SPACE } from '../bytes/ascii.js';
import { FormatError, type RecordSink } from '../format.js';
import { keyWithoutValue } from './lines.js';
import type { MdbText } from './text.js';

export class MdbLargeValue {
  readonly #line: number;
  readonly #sink: RecordSink;
  readonly #text: MdbText;
  #begun = false;
  #abandoned = false;

  /** `line` is the key's. */
  constructor(line: number, sink: RecordSink, text: MdbText) {
    this.#line = line;
    this.#sink = sink;
    this.#text = text;
  }

  /** Takes the bytes after the key's line. */
  push(bytes: Buffer, start: number, end: number): void {
    if (this.#abandoned || start === end) return;
    if (!this.#begun && bytes[start] !== SPACE) throw new FormatError(this.#line, keyWithoutValue);
    const from = this.#begun ? start : start + 1;
    this.#begun = true;
    const out = Buffer.allocUnsafe(end - from);
    const length = this.#text.push(bytes, from, end, out, 0);
    if (length === -1) this.#abandon(this.#text.malformed);
    else if (length > 0) this.#sink.valuePiece(out.subarray(0, length));
  }

  end(isCutOff: boolean): void {
    const isComplete = this.#text.end();
    if (this.#abandoned) return;
    if (isComplete && !isCutOff) this.#sink.endValue();
    else this.#abandon(isCutOff ? 'the input ends within it' : this.#text.malformed);
  }

  #abandon(reason: string): void {
    this.#abandoned = true;
    this.#sink.abandonValue(this.#line, `in the value: ${reason}`);
  }
}
