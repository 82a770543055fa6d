/**
 * Reading a tree from the store's file itself, leaf by leaf, in the order of the keys. Asking LMDB
 * for each record costs many times as much; and what is damaged here is an error, where LMDB ends
 * the process. The pages are those of a snapshot, which somebody has to hold meanwhile, so that
 * nobody overwrites them.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { ioError, KvError } from '../../../errors.js';
import {
  F_BIGDATA,
  FLAGS_OFFSET,
  LOWER_OFFSET,
  NO_PAGE,
  NODE_HEADER_BYTES,
  P_BRANCH,
  P_LEAF,
  P_OVERFLOW,
  PAGE_COUNT_OFFSET,
  PAGE_HEADER_BYTES,
  REFERENCE_BYTES,
  tree,
  UPPER_OFFSET,
} from './page.js';

/** Leaves that are read at once, where they lie side by side in the file. */
const PAGES_AHEAD = 32;

/** The deepest tree that LMDB makes. */
const DEPTH_LIMIT = 32;

/** Nodes of a leaf that lie within bounds, in order; good until the next leaf is asked for. */
export interface Leaf {
  readonly page: Page;
  /** The first node, and the one behind the last. */
  readonly from: number;
  readonly to: number;
}

/** One going through a tree. */
interface Walk {
  readonly upper: Uint8Array | undefined;
  /** Pages that have been read and not been asked for yet, by number. */
  readonly ahead: Map<number, Buffer>;
}

/** The store's file, opened for reading beside LMDB. */
export class TreeReader {
  readonly #path: string;
  readonly #pageSize: number;
  readonly #file: number;

  /** Throws `io`. */
  constructor(path: string, pageSize: number) {
    this.#path = path;
    this.#pageSize = pageSize;
    try {
      this.#file = openSync(path, 'r');
    } catch (error) {
      throw ioError(`read store file "${path}"`, error);
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  /**
   * The leaves of the tree with this descriptor whose keys lie from `lower` on and before `upper`.
   * Throws `damaged`, `io`.
   */
  *leaves(
    descriptor: Buffer,
    lower: Uint8Array | undefined,
    upper: Uint8Array | undefined,
  ): Generator<Leaf> {
    const root = descriptor.readBigUInt64LE(tree.root);
    const depth = descriptor.readUInt16LE(tree.depth);
    if (root === NO_PAGE) return;
    if (depth === 0 || depth > DEPTH_LIMIT) throw this.#damaged('a tree is deeper than any');
    yield* this.#leavesBelow(Number(root), depth, lower, { upper, ahead: new Map() });
  }

  /** The data of a node that has pages of its own: all of it, or its first bytes. */
  overflow(reference: Buffer, size: number, length = size): Buffer {
    const number = Number(reference.readBigUInt64LE(0));
    const header = this.#read(number, 0, PAGE_HEADER_BYTES);
    const pages = header.readUInt32LE(PAGE_COUNT_OFFSET);
    const isPage =
      header.readBigUInt64LE(0) === BigInt(number) &&
      header.readUInt16LE(FLAGS_OFFSET) === P_OVERFLOW &&
      PAGE_HEADER_BYTES + size <= pages * this.#pageSize;
    if (!isPage) throw this.#badPage(number);
    return this.#read(number, PAGE_HEADER_BYTES, Math.min(size, length));
  }

  *#leavesBelow(
    number: number,
    depth: number,
    lower: Uint8Array | undefined,
    walk: Walk,
  ): Generator<Leaf> {
    const { upper } = walk;
    const page = this.#page(number, depth > 1 ? P_BRANCH : P_LEAF);
    if (depth === 1) {
      const leaf = within(page, lower, upper);
      if (leaf) yield leaf;
      return;
    }
    // The key of a branch's node is where its child begins; the first has none, and needs none.
    const first = lower ? Math.max(page.firstFrom(lower, 1, true) - 1, 0) : 0;
    for (let node = first; node < page.count; node++) {
      if (upper && node > 0 && page.compareKey(node, upper) >= 0) return;
      // Only the first child may hold keys that come before.
      const bound = node === first ? lower : undefined;
      if (depth > 2) {
        yield* this.#leavesBelow(page.child(node), depth - 1, bound, walk);
        continue;
      }
      const leaf = within(this.#leafAhead(page, node, walk), bound, upper);
      if (leaf) yield leaf;
    }
  }

  /** The leaf below a node; with it those are read that come after it in the tree and in the file. */
  #leafAhead(branch: Page, node: number, { ahead }: Walk): Page {
    const number = branch.child(node);
    let bytes = ahead.get(number);
    if (bytes === undefined) {
      let count = 1;
      while (count < PAGES_AHEAD && node + count < branch.count) {
        if (branch.child(node + count) !== number + count) break;
        count++;
      }
      ahead.clear();
      const run = this.#read(number, 0, count * this.#pageSize);
      for (let page = 0; page < count; page++) {
        const start = page * this.#pageSize;
        ahead.set(number + page, run.subarray(start, start + this.#pageSize));
      }
      bytes = ahead.get(number)!;
    }
    return this.#checked(number, bytes, P_LEAF);
  }

  #page(number: number, flags: number): Page {
    return this.#checked(number, this.#read(number, 0, this.#pageSize), flags);
  }

  #checked(number: number, bytes: Buffer, flags: number): Page {
    const isPage =
      bytes.readBigUInt64LE(0) === BigInt(number) && bytes.readUInt16LE(FLAGS_OFFSET) === flags;
    const page = isPage ? Page.of(bytes, flags === P_LEAF) : undefined;
    if (page === undefined) throw this.#badPage(number);
    return page;
  }

  #read(number: number, offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(length);
    try {
      for (let read = 0; read < length; ) {
        const position = number * this.#pageSize + offset + read;
        const count = readSync(this.#file, bytes, read, length - read, position);
        if (count === 0) throw this.#damaged(`page ${number} lies beyond its end`);
        read += count;
      }
    } catch (error) {
      throw ioError(`read store file "${this.#path}"`, error);
    }
    return bytes;
  }

  #badPage(number: number): KvError {
    return this.#damaged(`page ${number} is not what it should be`);
  }

  #damaged(state: string): KvError {
    return new KvError('damaged', `cannot read store file "${this.#path}": damaged: ${state}`);
  }
}

/** The nodes of a leaf between two bounds; undefined where there are none. */
function within(
  page: Page,
  lower: Uint8Array | undefined,
  upper: Uint8Array | undefined,
): Leaf | undefined {
  const from = lower ? page.firstFrom(lower, 0) : 0;
  const to = upper ? page.firstFrom(upper, 0) : page.count;
  return from < to ? { page, from, to } : undefined;
}

/** A page of nodes, each of which lies within it. */
export class Page {
  readonly bytes: Buffer;
  readonly count: number;
  /** Where each node begins, in bytes. */
  readonly #offsets: Uint16Array;

  private constructor(bytes: Buffer, offsets: Uint16Array) {
    this.bytes = bytes;
    this.#offsets = offsets;
    this.count = offsets.length;
  }

  /** Undefined where a node would lie outside of the page. */
  static of(bytes: Buffer, isLeaf: boolean): Page | undefined {
    const lower = bytes.readUInt16LE(LOWER_OFFSET);
    const upper = bytes.readUInt16LE(UPPER_OFFSET);
    const room = bytes.length - PAGE_HEADER_BYTES;
    if (lower === 0 || lower > upper || upper > room || lower % 2 > 0) return undefined;
    const offsets = new Uint16Array(lower / 2);
    for (let node = 0; node < offsets.length; node++) {
      const place = PAGE_HEADER_BYTES + 2 * node;
      const offset = PAGE_HEADER_BYTES + (bytes[place]! | (bytes[place + 1]! << 8));
      offsets[node] = offset;
      if (offset < PAGE_HEADER_BYTES + upper || offset + NODE_HEADER_BYTES > bytes.length) {
        return undefined;
      }
      const end = isLeaf ? dataEnd(bytes, offset) : dataStart(bytes, offset);
      if (end > bytes.length) return undefined;
    }
    return new Page(bytes, offsets);
  }

  keyStart(node: number): number {
    return this.#offsets[node]! + NODE_HEADER_BYTES;
  }

  /** Where the key ends and the data begins. */
  dataStart(node: number): number {
    return dataStart(this.bytes, this.#offsets[node]!);
  }

  /** Bytes of the data, wherever they are. */
  dataSize(node: number): number {
    return dataSize(this.bytes, this.#offsets[node]!);
  }

  /** Whether the data has pages of its own; what stands in the node is then a reference to them. */
  isElsewhere(node: number): boolean {
    return isElsewhere(this.bytes, this.#offsets[node]!);
  }

  /** The number of the page below a branch's node. */
  child(node: number): number {
    const offset = this.#offsets[node]!;
    return dataSize(this.bytes, offset) + this.bytes.readUInt16LE(offset + 4) * 2 ** 32;
  }

  compareKey(node: number, key: Uint8Array): number {
    const { bytes } = this;
    return bytes.compare(key, 0, key.length, this.keyStart(node), this.dataStart(node));
  }

  /** The first node from `start` on whose key is not less than `key`, or with `beyond` is more. */
  firstFrom(key: Uint8Array, start: number, beyond = false): number {
    let low = start;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = this.compareKey(middle, key);
      if (order < 0 || (beyond && order === 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function dataStart(bytes: Buffer, offset: number): number {
  return offset + NODE_HEADER_BYTES + (bytes[offset + 6]! | (bytes[offset + 7]! << 8));
}

function dataSize(bytes: Buffer, offset: number): number {
  const low = bytes[offset]! | (bytes[offset + 1]! << 8);
  return low + (bytes[offset + 2]! | (bytes[offset + 3]! << 8)) * 2 ** 16;
}

function isElsewhere(bytes: Buffer, offset: number): boolean {
  return (bytes[offset + 4]! & F_BIGDATA) !== 0;
}

function dataEnd(bytes: Buffer, offset: number): number {
  const size = isElsewhere(bytes, offset) ? REFERENCE_BYTES : dataSize(bytes, offset);
  return dataStart(bytes, offset) + size;
}
