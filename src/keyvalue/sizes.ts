/** Adds up records in the order of their keys: by prefix, and by size. Beyond the WIT. */
import type { StoredRecords } from '../store/record.js';
import { sizeOf } from './record-filter.js';

export interface PrefixSize {
  /** Ends with the separator; for all records together it is the prefix that was asked for. */
  readonly prefix: string;
  /** The number of separators in it beyond the prefix that was asked for. */
  readonly depth: number;
  readonly keys: number;
  /** Bytes of the values. */
  readonly bytes: number;
}

/** What `PrefixSizes` groups by. */
export interface PrefixSizesOptions {
  /** The prefix of all keys. */
  readonly prefix: string;
  /** Ends a part of a key; not empty. */
  readonly separator: string;
  /** How many parts beyond the prefix are distinguished. */
  readonly depth: number;
}

interface Branch {
  readonly path: Buffer;
  keys: number;
  bytes: number;
}

/**
 * The number of keys and bytes below each prefix, in the order of du(1): a prefix comes after its
 * last record, and after the prefixes inside it. It holds one branch for each level.
 */
export class PrefixSizes {
  readonly #separator: Buffer;
  readonly #depth: number;
  /** The branches that the last record lies in, the outermost first. */
  readonly #open: [Branch, ...Branch[]];

  constructor({ prefix, separator, depth }: PrefixSizesOptions) {
    this.#separator = Buffer.from(separator);
    this.#depth = depth;
    this.#open = [{ path: Buffer.from(prefix), keys: 0, bytes: 0 }];
  }

  /** Adds records, and returns the prefixes that have ended. Throws `damaged`, `io`. */
  add(records: StoredRecords): PrefixSize[] {
    const ended: PrefixSize[] = [];
    const { bytes, places } = records;
    for (let position = 0; position < records.count; position++) {
      const keyStart = places[4 * position]!;
      const keyEnd = places[4 * position + 1]!;
      while (!beginsWith(bytes, keyStart, keyEnd, this.#deepest.path)) ended.push(this.#close());
      if (this.#open.length <= this.#depth) this.#descend(bytes, keyStart, keyEnd);
      const branch = this.#deepest;
      branch.keys++;
      branch.bytes += sizeOf(records, position);
    }
    return ended;
  }

  /** The remaining prefixes, and last the sum of all records. */
  end(): PrefixSize[] {
    const ended: PrefixSize[] = [];
    while (this.#open.length > 1) ended.push(this.#close());
    return [...ended, sizeOfBranch(this.#open[0], 0)];
  }

  get #deepest(): Branch {
    return this.#open.at(-1)!;
  }

  #descend(bytes: Buffer, keyStart: number, keyEnd: number): void {
    const key = bytes.subarray(keyStart, keyEnd);
    while (this.#open.length <= this.#depth) {
      const at = key.indexOf(this.#separator, this.#deepest.path.length);
      if (at === -1) return;
      const path = Buffer.from(key.subarray(0, at + this.#separator.length));
      this.#open.push({ path, keys: 0, bytes: 0 });
    }
  }

  #close(): PrefixSize {
    const branch = this.#open.pop()!;
    this.#deepest.keys += branch.keys;
    this.#deepest.bytes += branch.bytes;
    return sizeOfBranch(branch, this.#open.length);
  }
}

/** Values whose sizes lie between two bounds. */
export interface SizeClass {
  /** The least size, in bytes. */
  readonly from: number;
  /** The smallest size beyond the class, in bytes. */
  readonly below: number;
  keys: number;
  bytes: number;
}

/** Each class, except the first for empty values, ends at this many times its smallest size. */
const CLASS_FACTOR = 4;

/** The number of values of each size class; the bounds are 0 and the powers of 4. */
export class SizeClasses {
  readonly #classes: SizeClass[] = [{ from: 0, below: 1, keys: 0, bytes: 0 }];

  /** Throws `damaged`, `io`. */
  add(records: StoredRecords): void {
    for (let position = 0; position < records.count; position++) {
      const size = sizeOf(records, position);
      const { [indexOf(size)]: found } = this.#classes;
      const its = found ?? this.#extend(indexOf(size));
      its.keys++;
      its.bytes += size;
    }
  }

  /** From the smallest class with values to the largest, in order; none if there are no values. */
  end(): SizeClass[] {
    const first = this.#classes.findIndex(({ keys }) => keys > 0);
    return first === -1 ? [] : this.#classes.slice(first);
  }

  #extend(index: number): SizeClass {
    while (this.#classes.length <= index) {
      const from = this.#classes.at(-1)!.below;
      this.#classes.push({ from, below: from * CLASS_FACTOR, keys: 0, bytes: 0 });
    }
    return this.#classes[index]!;
  }
}

function indexOf(size: number): number {
  let index = 0;
  for (let below = 1; size >= below; below *= CLASS_FACTOR) index++;
  return index;
}

function sizeOfBranch({ path, keys, bytes }: Branch, depth: number): PrefixSize {
  return { prefix: path.toString(), depth, keys, bytes };
}

function beginsWith(bytes: Buffer, start: number, end: number, prefix: Buffer): boolean {
  if (end - start < prefix.length) return false;
  for (let at = 0; at < prefix.length; at++) {
    if (bytes[start + at] !== prefix[at]) return false;
  }
  return true;
}
