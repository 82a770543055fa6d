/** A sorted run of records in a file: see `SortedRuns`. */
import { readSync, writeSync } from 'node:fs';
import { compareStretches } from './compare-stretches.js';
import type { Milliseconds, PackedRecords } from './record.js';
import type { RecordSpan } from './record-batch.js';

/** Bytes that are written, and read of each run, at a time. */
const BLOCK_BYTES = 256 * 1024;

/**
 * A record's head: the length of its key, with a bit for whether it expires, and the length of its
 * value.
 */
const HEAD_BYTES = 6;
const EXPIRES_BIT = 0x8000;

/** The expiry, after the head. */
const EXPIRES_BYTES = 8;

/** Bytes of a key that are compared as one number. */
const MARK_BYTES = 6;

/** Up to this many bytes, a loop copies faster than native code. */
const SHORT_BYTES = 64;

/** Where in the file a run is. */
export interface RunBounds {
  readonly start: number;
  readonly end: number;
}

/**
 * Writes the records at these positions to a file, from `start` on. Returns the bytes written.
 * Throws the system's errors.
 */
export function writeRun(
  file: number,
  start: number,
  records: PackedRecords,
  order: Uint32Array,
): number {
  const { bytes, places, expires } = records;
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  let used = 0;
  let end = start;
  const write = (from: Uint8Array) => {
    for (let at = 0; at < from.length; )
      at += writeSync(file, from, at, from.length - at, end + at);
    end += from.length;
  };
  for (const position of order) {
    const key = places[4 * position]!;
    const keyLength = places[4 * position + 1]! - key;
    const value = places[4 * position + 2]!;
    const valueLength = places[4 * position + 3]! - value;
    const expiry = expires?.[position] || 0;
    if (used + HEAD_BYTES + EXPIRES_BYTES + keyLength > BLOCK_BYTES) {
      write(block.subarray(0, used));
      used = 0;
    }
    view.setUint16(used, expiry === 0 ? keyLength : keyLength | EXPIRES_BIT, true);
    view.setUint32(used + 2, valueLength, true);
    used += HEAD_BYTES;
    if (expiry !== 0) {
      view.setFloat64(used, expiry, true);
      used += EXPIRES_BYTES;
    }
    copy(bytes, key, keyLength, block, used);
    used += keyLength;
    if (used + valueLength > BLOCK_BYTES) {
      write(block.subarray(0, used));
      used = 0;
    }
    if (valueLength > BLOCK_BYTES) write(bytes.subarray(value, value + valueLength));
    else {
      copy(bytes, value, valueLength, block, used);
      used += valueLength;
    }
  }
  write(block.subarray(0, used));
  return end - start;
}

function copy(from: Uint8Array, start: number, length: number, to: Uint8Array, at: number): void {
  if (length > SHORT_BYTES) to.set(from.subarray(start, start + length), at);
  else for (let byte = 0; byte < length; byte++) to[at + byte] = from[start + byte]!;
}

/** The records of a run, one after the other; `advance` has to be called before the first one. */
export class Run implements RecordSpan {
  bytes = Buffer.allocUnsafe(BLOCK_BYTES);
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  expires: Milliseconds | undefined;
  readonly #file: number;
  readonly #index: number;
  readonly #skip: number;
  #view = viewOf(this.bytes);
  /** The filled part of the block, and where in the file the rest of the run begins and ends. */
  #filled = 0;
  #next: number;
  readonly #end: number;
  /** The first bytes of the key after the common prefix, as a number. */
  #mark = 0;

  /**
   * `index` is the position of the run among all; `skip` is the length of the keys' common prefix,
   * in bytes.
   */
  constructor(
    file: number,
    { start, end }: RunBounds,
    { index, skip }: { index: number; skip: number },
  ) {
    this.#file = file;
    this.#next = start;
    this.#end = end;
    this.#index = index;
    this.#skip = skip;
  }

  /** Goes to the next record; false after the last one. Throws the system's errors. */
  advance(): boolean {
    let at = this.valueEnd;
    if (at === this.#filled && this.#next === this.#end) return false;
    at = this.#hold(at, HEAD_BYTES + EXPIRES_BYTES);
    const lengths = this.#view.getUint16(at, true);
    const keyLength = lengths & ~EXPIRES_BIT;
    const valueLength = this.#view.getUint32(at + 2, true);
    const doesExpire = lengths !== keyLength;
    const head = doesExpire ? HEAD_BYTES + EXPIRES_BYTES : HEAD_BYTES;
    at = this.#hold(at, head + keyLength + valueLength);
    this.expires = doesExpire ? this.#view.getFloat64(at + HEAD_BYTES, true) : undefined;
    this.keyStart = at + head;
    this.keyEnd = this.keyStart + keyLength;
    this.valueStart = this.keyEnd;
    this.valueEnd = this.valueStart + valueLength;
    this.#mark = this.#markOfKey();
    return true;
  }

  /**
   * Whether its record comes before another's: by the key, and for equal keys the earlier run's.
   */
  isBefore(other: Run): boolean {
    if (this.#mark !== other.#mark) return this.#mark < other.#mark;
    return (this.#compareKey(other) || this.#index - other.#index) < 0;
  }

  hasKeyOf(other: Run): boolean {
    return this.#mark === other.#mark && this.#compareKey(other) === 0;
  }

  #compareKey(other: Run): number {
    const { bytes, keyStart, keyEnd } = this;
    return compareStretches(bytes, keyStart, keyEnd, other.bytes, other.keyStart, other.keyEnd);
  }

  #markOfKey(): number {
    let at = this.keyStart + this.#skip;
    let mark = 0;
    for (let read = 0; read < MARK_BYTES; read++, at++) {
      mark = mark * 256 + (at < this.keyEnd ? this.bytes[at]! : 0);
    }
    return mark;
  }

  /**
   * Makes sure that `length` bytes from `at` on are in the block, or all that are left. Returns
   * their position.
   */
  #hold(at: number, length: number): number {
    if (at + length <= this.#filled || this.#next === this.#end) return at;
    const rest = this.bytes.subarray(at, this.#filled);
    if (length > this.bytes.length) {
      const larger = Buffer.allocUnsafe(length);
      larger.set(rest);
      this.bytes = larger;
      this.#view = viewOf(larger);
    } else this.bytes.copyWithin(0, at, this.#filled);
    this.#filled = rest.length;
    while (this.#filled < this.bytes.length && this.#next < this.#end) {
      const room = Math.min(this.bytes.length - this.#filled, this.#end - this.#next);
      const read = readSync(this.#file, this.bytes, this.#filled, room, this.#next);
      if (read === 0) throw new Error('a file that was being sorted has been cut');
      this.#filled += read;
      this.#next += read;
    }
    return 0;
  }
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
