/** Adding up records that are gone through in order: by prefix, and by size. Beyond the WIT. */
import type { StoredRecords } from '../store/record.js';
import { sizeOf } from './record-filter.js';

export interface PrefixSize {
  /** Ends with the separator; that of all the records is the prefix that was asked for. */
  readonly prefix: string;
  /** How many separators it holds beyond the prefix that was asked for. */
  readonly depth: number;
  readonly keys: number;
  /** Bytes of the values. */
  readonly bytes: number;
}

/** What `PrefixSizes` is to look for. */
export interface PrefixSizesOptions {
  /** What all the keys begin with. */
  readonly prefix: string;
  /** What ends a part of a key; not empty. */
  readonly separator: string;
  /** How many parts beyond the prefix are told apart. */
  readonly depth: number;
}

interface Branch {
  readonly path: Buffer;
  keys: number;
  bytes: number;
}

/**
 * The keys and the bytes below each prefix, in the order of du(1): a prefix comes when its last record
 * has, after those below it. What is held is no more than one branch for each level.
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

  /** The prefixes that are left, and at last all the records together. */
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
  /** The least size that is larger, in bytes. */
  readonly below: number;
  keys: number;
  bytes: number;
}

/** Each class but the first, of empty values, reaches to so many times its least size. */
const CLASS_FACTOR = 4;

/** How many values there are of each size; the bounds are 0 and the powers of 4. */
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

  /** From the least class that has values to the largest, in order; none where there are no values. */
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
