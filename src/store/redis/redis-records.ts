/** Records of a range, as the pages of shards give them: longer ones come without their value. */
import {
  ELSEWHERE,
  type Entry,
  type KeyRange,
  type Milliseconds,
  type StoredRecords,
  type StoredValue,
} from '../record.js';
import { HEADER_BYTES, kinds, metadataOf, readHeader } from './layout.js';
import { MergedPages, type Span } from './merged-pages.js';
import { type Origin, valueOf } from './redis-value.js';
import type { ShardCalls } from './shard-calls.js';

/** Reads a record that came without its value, as it is now. */
type Fetch = (key: string) => StoredValue | undefined;

export function* recordsOf(
  calls: ShardCalls,
  bucket: string,
  range: KeyRange,
  get: Fetch,
): Generator<StoredRecords> {
  const merge = new MergedPages(calls, bucket, range);
  for (;;) {
    const spans = merge.next();
    if (spans.length === 0) return;
    yield new RedisRecords(spans, get, (key) => merge.originOf(key));
  }
}

class RedisRecords implements StoredRecords {
  readonly count: number;
  readonly bytes: Buffer;
  readonly places: Int32Array;
  readonly mayExpire = true;
  readonly #get: Fetch;
  readonly #originOf: (key: string) => Origin;

  constructor(spans: readonly Span[], get: Fetch, originOf: (key: string) => Origin) {
    this.count = spans.length;
    this.#get = get;
    this.#originOf = originOf;
    this.bytes = Buffer.allocUnsafeSlow(
      spans.reduce((sum, { keyStart, end }) => sum + end - keyStart, 0),
    );
    this.places = new Int32Array(4 * spans.length);
    let at = 0;
    for (const [position, { page, keyStart, keyEnd, end }] of spans.entries()) {
      page.copy(this.bytes, at, keyStart, end);
      const header = at + keyEnd - keyStart;
      const value = header + HEADER_BYTES;
      const next = at + end - keyStart;
      const isHere = this.bytes[header] !== kinds.chunked && this.#sizeAt(header) === next - value;
      this.places.set(
        [at, header, isHere ? value : ELSEWHERE, isHere ? next : header],
        4 * position,
      );
      at = next;
    }
  }

  key(position: number): string {
    const [start, end] = this.places.subarray(4 * position);
    return this.bytes.toString('utf8', start, end);
  }

  expires(position: number): Milliseconds | undefined {
    return readHeader(this.#record(position)).expires;
  }

  entry(position: number): Entry {
    return { key: this.key(position), ...metadataOf(readHeader(this.#record(position))) };
  }

  value(position: number): StoredValue | undefined {
    const key = this.key(position);
    const record = this.#record(position);
    const isWhole = this.places[4 * position + 2] !== ELSEWHERE || record[0] === kinds.chunked;
    return isWhole ? valueOf(record, this.#originOf(key)) : this.#get(key);
  }

  #record(position: number): Buffer {
    const start = this.places[4 * position + 1]!;
    const end = this.places[4 * (position + 1)] ?? this.bytes.length;
    return this.bytes.subarray(start, end);
  }

  #sizeAt(header: number): number {
    return this.bytes.readDoubleBE(header + HEADER_BYTES - 8);
  }
}
