/** Hands over JSON records of any shape. */
import { decodeBase64 } from '../bytes/base64.js';
import { Scratch } from '../bytes/scratch.js';
import type { RecordSink } from '../format.js';
import { malformedBase64, parseRecord, unknownMember } from './record.js';

/** Bytes of UTF-8 for a UTF-16 unit, at most. */
const UNIT_BYTES = 3;

export class JsonAnyRecord {
  readonly #sink: RecordSink;
  readonly #scratch = new Scratch();

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  /** Hands the record over, or returns the reason to reject it. */
  read(at: number, bytes: Buffer, start: number, end: number): string | undefined {
    const record = parseRecord(bytes, start, end);
    if (typeof record === 'string') return record;
    const { key, value, base64, expiry, unknown } = record;
    const out = this.#scratch.room((key.length + value.length) * UNIT_BYTES);
    const keyEnd = out.write(key);
    let valueEnd = keyEnd + out.write(value, keyEnd);
    if (base64) {
      const length = decodeBase64(out, keyEnd, valueEnd, out, keyEnd);
      if (length === -1) return malformedBase64;
      valueEnd = keyEnd + length;
    }
    if (unknown.length > 0 && this.#sink.unknownMembers(at, unknown)) return unknownMember(unknown);
    const expires = expiry && this.#sink.expiresOf(expiry);
    if (typeof expires === 'string') return expires;
    const span = { bytes: out, keyStart: 0, keyEnd, valueStart: keyEnd, valueEnd };
    this.#sink.record(at, span, expires);
    return undefined;
  }
}
