/** Records packed for a bulk load, with checked keys, for every store. */
import { KEY_LIMIT_BYTES, type Milliseconds, type PackedRecords } from './record.js';

/** The most records of a batch, which is one transaction. */
const BATCH_RECORDS = 250_000;

/** The most bytes of a batch. */
const BATCH_BYTES = 32 * 1024 * 1024;

/**
 * Room for records, and bytes, in a new batch: most are small, and an import may have thousands of
 * batches.
 */
const FIRST_RECORDS = 1024;
const FIRST_BYTES = 64 * 1024;

/** Up to this many bytes, a loop copies faster than native code. */
const SHORT_BYTES = 64;

/** Where in `bytes` a record's key and value are. */
export interface RecordSpan {
  readonly bytes: Buffer;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** What a store needs of the batches that it loads. */
export interface BatchLimits {
  /** Bytes before each value for the store's own use. */
  readonly room: number;
  /** The most records of a batch whose keys are not in order. */
  readonly scattered: number;
  /**
   * A folder with disk space that may be used to sort records without order, which are then written
   * faster: see `SortedRuns`. Undefined if it makes no difference.
   */
  readonly scratch?: string;
}

/** The limits of any batch. */
export const NO_LIMITS: BatchLimits = { room: 0, scattered: BATCH_RECORDS };

export class RecordBatch implements PackedRecords {
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  places = new Uint32Array(4 * FIRST_RECORDS);
  /** The number of each record, or of its line. */
  numbers = new Float64Array(FIRST_RECORDS);
  expires: Float64Array | undefined;
  /** The last number of the input that the batch was filled from. */
  through = 0;
  count = 0;
  ascending = true;
  #limits: BatchLimits;
  #used = 0;
  #view = viewOf(this.bytes);
  /** The buffer of the last record: thousands are copied from one. */
  #source: Buffer = this.bytes;
  #sourceView = this.#view;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  get room(): number {
    return this.#limits.room;
  }

  get limits(): BatchLimits {
    return this.#limits;
  }

  get isFull(): boolean {
    const { count, ascending } = this;
    const isScattered = !ascending && count >= this.#limits.scattered;
    return isScattered || count === BATCH_RECORDS || this.#used >= BATCH_BYTES;
  }

  /** Changes the limits of an empty batch. */
  limit(limits: BatchLimits): this {
    this.#limits = limits;
    return this;
  }

  /** Copies a record with its expiry. Returns the reason if the key is invalid. */
  add(number: number, span: RecordSpan, expires?: Milliseconds): string | undefined {
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
    if (source !== this.#source) {
      this.#source = source;
      this.#sourceView = viewOf(source);
    }
    this.#copy(keyStart, keyEnd, key);
    this.#copy(valueStart, valueEnd, value);
    if (this.count > 0) this.ascending &&= this.#comesAfterLast(key, key + keyLength);
    this.numbers[this.count] = number;
    if (expires !== undefined) this.#setExpires(expires);
    const { places } = this;
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
    this.expires = undefined;
    this.ascending = true;
    this.#used = 0;
    this.#source = this.bytes;
    this.#sourceView = this.#view;
    if (this.bytes.length > BATCH_BYTES) this.#setBytes(Buffer.allocUnsafeSlow(BATCH_BYTES));
  }

  /**
   * Four bytes at a time, the last of them possibly overlapping: a loop over each takes several
   * times as long.
   */
  #copy(start: number, end: number, to: number): void {
    const length = end - start;
    if (length > SHORT_BYTES) {
      this.#source.copy(this.bytes, to, start, end);
      return;
    }
    const source = this.#sourceView;
    const target = this.#view;
    if (length >= 4) {
      const last = end - 4;
      let place = to;
      for (let at = start; at < last; at += 4, place += 4) {
        target.setInt32(place, source.getInt32(at, true), true);
      }
      target.setInt32(to + length - 4, source.getInt32(last, true), true);
      return;
    }
    for (let at = 0; at < length; at++) target.setUint8(to + at, source.getUint8(start + at));
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
    this.#setBytes(larger);
  }

  #setBytes(bytes: Buffer): void {
    this.bytes = bytes;
    this.#view = viewOf(bytes);
  }

  /** A batch that outgrows its first arrays gets those of a full one. */
  #reserveRecords(): void {
    const { places, numbers } = this;
    this.places = new Uint32Array(4 * BATCH_RECORDS);
    this.places.set(places);
    this.numbers = new Float64Array(BATCH_RECORDS);
    this.numbers.set(numbers);
  }

  /** For the record that is being added. */
  #setExpires(expires: Milliseconds): void {
    const { length } = this.numbers;
    if (this.expires === undefined || this.expires.length < length) {
      const larger = new Float64Array(length);
      if (this.expires) larger.set(this.expires);
      this.expires = larger;
    }
    this.expires[this.count] = expires;
  }
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
