/** Records packed for a bulk load, their keys checked as they come, for every store. */
import { KEY_LIMIT_BYTES, type PackedRecords } from './record.js';

/** Records after which a batch is full: one transaction's worth. */
const BATCH_RECORDS = 250_000;

/** Bytes after which a batch is full. */
const BATCH_BYTES = 32 * 1024 * 1024;

/** Records, and bytes, that a new batch has room for: most are small, and an import may have thousands. */
const FIRST_RECORDS = 1024;
const FIRST_BYTES = 64 * 1024;

/** Bytes up to which a loop copies sooner than native code. */
const SHORT_BYTES = 64;

/** Where in `bytes` the key of a record and its value are. */
export interface RecordSpan {
  readonly bytes: Buffer;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** What a store asks of the batches that it is to load. */
export interface BatchLimits {
  /** Bytes before each value that it writes to itself. */
  readonly room: number;
  /** Records after which a batch is full whose keys are in no order. */
  readonly scattered: number;
}

/** No more than any batch holds. */
export const NO_LIMITS: BatchLimits = { room: 0, scattered: BATCH_RECORDS };

export class RecordBatch implements PackedRecords {
  bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  places = new Uint32Array(4 * FIRST_RECORDS);
  /** The number of each record, or of its line. */
  numbers = new Float64Array(FIRST_RECORDS);
  /** That of the last record of the stretch of input that the batch was filled from. */
  through = 0;
  count = 0;
  ascending = true;
  #limits: BatchLimits;
  #used = 0;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  get room(): number {
    return this.#limits.room;
  }

  get isFull(): boolean {
    const { count, ascending } = this;
    const isScattered = !ascending && count >= this.#limits.scattered;
    return isScattered || count === BATCH_RECORDS || this.#used >= BATCH_BYTES;
  }

  /** Gives a batch without records other limits. */
  limit(limits: BatchLimits): this {
    this.#limits = limits;
    return this;
  }

  /** Copies a record in. Returns why not, where the key is no key. */
  add(number: number, span: RecordSpan): string | undefined {
    const { bytes: source, keyStart, keyEnd, valueStart, valueEnd } = span;
    const keyLength = keyEnd - keyStart;
    if (keyLength === 0) return 'its key is empty';
    if (keyLength > KEY_LIMIT_BYTES) {
      return `its key of ${keyLength} bytes is over the limit of ${KEY_LIMIT_BYTES} bytes`;
    }
    const key = this.#used;
    const value = key + keyLength + this.#limits.room;
    const end = value + valueEnd - valueStart;
    this.#reserve(end);
    if (this.count === this.numbers.length) this.#reserveRecords();
    const { bytes, places } = this;
    copy(source, keyStart, keyEnd, bytes, key);
    copy(source, valueStart, valueEnd, bytes, value);
    if (this.count > 0) this.ascending &&= this.#comesAfterLast(key, key + keyLength);
    this.numbers[this.count] = number;
    let place = 4 * this.count++;
    places[place++] = key;
    places[place++] = key + keyLength;
    places[place++] = value;
    places[place] = end;
    this.#used = end;
    return undefined;
  }

  key(position: number): string {
    return this.bytes.toString('utf8', this.places[4 * position], this.places[4 * position + 1]);
  }

  value(position: number): Buffer {
    return this.bytes.subarray(this.places[4 * position + 2], this.places[4 * position + 3]);
  }

  clear(): void {
    this.count = 0;
    this.ascending = true;
    this.#used = 0;
    if (this.bytes.length > BATCH_BYTES) this.bytes = Buffer.allocUnsafeSlow(BATCH_BYTES);
  }

  #comesAfterLast(start: number, end: number): boolean {
    const { bytes, places } = this;
    const last = 4 * (this.count - 1);
    const lastEnd = places[last + 1]!;
    let at = start;
    for (let other = places[last]!; other < lastEnd; other++, at++) {
      if (at === end) return false;
      const difference = bytes[at]! - bytes[other]!;
      if (difference !== 0) return difference > 0;
    }
    return at < end;
  }

  #reserve(length: number): void {
    if (length <= this.bytes.length) return;
    const capacity = this.bytes.length < BATCH_BYTES ? BATCH_BYTES : 2 * this.bytes.length;
    const larger = Buffer.allocUnsafeSlow(Math.max(length, capacity));
    this.bytes.copy(larger, 0, 0, this.#used);
    this.bytes = larger;
  }

  /** What is more than a small batch becomes a full one. */
  #reserveRecords(): void {
    const { places, numbers } = this;
    this.places = new Uint32Array(4 * BATCH_RECORDS);
    this.places.set(places);
    this.numbers = new Float64Array(BATCH_RECORDS);
    this.numbers.set(numbers);
  }
}

function copy(source: Buffer, start: number, end: number, target: Buffer, to: number): void {
  if (end - start > SHORT_BYTES) {
    source.copy(target, to, start, end);
    return;
  }
  for (let at = start, place = to; at < end; at++, place++) target[place] = source[at]!;
}
