/** A JSON record over the limit: its value is handed over while it is being read. */
import { isUtf8 } from 'node:buffer';
import { Base64Decoding } from '../bytes/base64.js';
import { HeldBytes } from '../bytes/held-bytes.js';
import { Utf8Check } from '../bytes/utf8-check.js';
import type { ExpiryFields, RecordSink } from '../format.js';
import {
  expiryIn,
  malformedBase64,
  noKey,
  notJson,
  parseRecord,
  unknownIn,
  unknownMember,
} from './record.js';
import { JsonUnescape } from './unescape.js';
import { findValueStart } from './value-start.js';

const PIECE_BYTES = 64 * 1024;

const misplaced = 'without a "key" and then a "value"';

export class JsonLargeRecord {
  /** The reason to reject it, once it is known. */
  reason: string | undefined;
  readonly #at: number;
  readonly #sink: RecordSink;
  readonly #limit: number;
  readonly #string = new JsonUnescape();
  readonly #base64: Base64Decoding | undefined;
  readonly #utf8 = new Utf8Check();
  readonly #tail: HeldBytes;
  #inValue = true;
  /** The names of its unknown members; at first only those before the value. */
  #unknown: readonly string[] = [];
  /** When it expires; at first only from the members before the value. */
  #expiry: ExpiryFields | undefined;

  /** `head` is the record up to the limit. */
  constructor(at: number, sink: RecordSink, limitBytes: number, head: Buffer) {
    this.#at = at;
    this.#sink = sink;
    this.#limit = limitBytes;
    this.#tail = new HeldBytes(limitBytes);
    const start = findValueStart(head);
    const parsed = start === -1 ? noKey : parseHead(head, start);
    const record = parsed === noKey ? `over ${limitBytes} bytes, ${misplaced}` : parsed;
    if (typeof record === 'string') {
      this.reason = record;
      sink.reject(at, record, head);
      return;
    }
    this.#expiry = record.expiry;
    this.#unknown = record.unknown;
    if (record.base64) this.#base64 = new Base64Decoding();
    this.#string.begin(Buffer.allocUnsafe(PIECE_BYTES), 0);
    sink.beginValue(at, Buffer.from(record.key));
    this.push(head, start, head.length);
  }

  push(bytes: Buffer, start: number, end: number): void {
    let at = start;
    while (this.reason === undefined && this.#inValue && at < end) {
      at = this.#string.push(bytes, at, end);
      if (this.#string.malformed !== undefined) this.#abandon(this.#string.malformed);
      else if (this.#string.closed || at < end) this.#handOver();
    }
    if (this.reason === undefined && this.#tail.append(bytes, at, end) < end) {
      this.#abandon(`over ${this.#limit} bytes after "value"`);
    }
  }

  /** The record has ended; `unclosed` is the reason to give if it may not end there. */
  end(unclosed = notJson): void {
    if (this.reason !== undefined) return;
    const reason = this.#inValue ? unclosed : (this.#wrongInTail(unclosed) ?? this.#tellUnknown());
    const expires = reason ?? (this.#expiry && this.#sink.expiresOf(this.#expiry));
    if (typeof expires === 'string') this.#abandon(expires);
    else this.#sink.endValue(expires);
  }

  #abandon(reason: string): void {
    this.reason = reason;
    this.#sink.abandonValue(this.#at, reason);
  }

  #handOver(): void {
    const { out, written, closed } = this.#string;
    this.#string.written = 0;
    const piece = this.#decoded(out.subarray(0, written), closed);
    if (piece === undefined) {
      this.#abandon(this.#base64 ? malformedBase64 : 'not valid UTF-8');
      return;
    }
    if (piece.length > 0) this.#sink.valuePiece(piece);
    if (closed) this.#inValue = false;
  }

  /** Decodes a piece of the string; undefined if it is malformed. */
  #decoded(piece: Buffer, isLast: boolean): Buffer | undefined {
    if (this.#base64) {
      const bytes = this.#base64.push(piece);
      return isLast && !this.#base64.end() ? undefined : bytes;
    }
    return this.#utf8.push(piece) && (!isLast || this.#utf8.end()) ? piece : undefined;
  }

  /**
   * Members after the value are not needed, but they must be JSON, and must not contradict those
   * before.
   */
  #wrongInTail(unclosed: string): string | undefined {
    const tail = this.#tail.view();
    if (!isUtf8(tail)) return 'not valid UTF-8';
    try {
      const { '': _, ...members } = JSON.parse(`{"":0${tail}`) as Record<string, unknown>;
      this.#unknown = [...new Set([...this.#unknown, ...unknownIn(members)])];
      const again = ['key', 'value', 'base64'].find((name) => Object.hasOwn(members, name));
      if (again) return `over ${this.#limit} bytes, and "${again}" comes after "value"`;
      const expiry = expiryIn(members);
      if (typeof expiry === 'string') return expiry;
      if (expiry) this.#expiry = { ...this.#expiry, ...expiry };
      return undefined;
    } catch {
      return unclosed;
    }
  }

  #tellUnknown(): string | undefined {
    const unknown = this.#unknown;
    const isRefused = unknown.length > 0 && this.#sink.unknownMembers(this.#at, unknown);
    return isRefused ? unknownMember(unknown) : undefined;
  }
}

function parseHead(head: Buffer, valueStart: number): ReturnType<typeof parseRecord> {
  const record = Buffer.concat([head.subarray(0, valueStart), Buffer.from('"}')]);
  return parseRecord(record, 0, record.length);
}
