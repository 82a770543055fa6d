/**
 * A page of nodes in LMDB's file, and the structures on it, as in mdb.c, in the machine's byte
 * order.
 */
import {
  dataEnd,
  dataSize,
  dataStart,
  F_BIGDATA,
  F_SUBDATA,
  isElsewhere,
  NODE_HEADER_BYTES,
  padded,
  REFERENCE_BYTES,
} from './node.js';
import {
  hasHeader,
  LOWER_OFFSET,
  P_BRANCH,
  P_LEAF,
  PAGE_HEADER_BYTES,
  UPPER_OFFSET,
} from './page-header.js';
import { type TreeKind, tree } from './tree-descriptor.js';

/** Bytes of the largest page that LMDB makes. */
export const LARGEST_PAGE_BYTES = 65536;

/** Bytes of a slot, which holds a node's offset. */
export const SLOT_BYTES = 2;

/** A page of a tree, as its parent describes it. */
export interface Place {
  readonly number: number;
  readonly tree: TreeKind;
  /** Its height: a leaf has 1. */
  readonly depth: number;
}

/** Something impossible in the file; `state` describes it, as the end of a sentence. */
export class Fault {
  readonly state: string;

  constructor(state: string) {
    this.state = state;
  }
}

/** A page of nodes, each of which lies within the page. */
export class Page {
  readonly bytes: Buffer;
  readonly isLeaf: boolean;
  readonly count: number;

  private constructor(bytes: Buffer, isLeaf: boolean, count: number) {
    this.bytes = bytes;
    this.isLeaf = isLeaf;
    this.count = count;
  }

  /** The page at a place, by a transaction not after `newest`; or why it is impossible. */
  static parse(bytes: Buffer, place: Place, newest: bigint): Page | Fault {
    const { number, tree: kind, depth } = place;
    const isLeaf = depth === 1;
    if (!hasHeader(bytes, number, isLeaf ? P_LEAF : P_BRANCH, newest)) return badPage(number);
    const lower = bytes.readUInt16LE(LOWER_OFFSET);
    const upper = bytes.readUInt16LE(UPPER_OFFSET);
    const room = bytes.length - PAGE_HEADER_BYTES;
    const isInOrder = lower >= SLOT_BYTES && lower <= upper && upper <= room;
    if (!isInOrder || lower % SLOT_BYTES > 0) return badPage(number);
    const count = lower / SLOT_BYTES;
    const first = PAGE_HEADER_BYTES + upper;
    const last = bytes.length - NODE_HEADER_BYTES;
    let used = 0;
    for (let node = 0; node < count; node++) {
      const offset = offsetOf(bytes, node);
      if (offset < first || offset > last) return badPage(number);
      let end = dataStart(bytes, offset);
      if (isLeaf) {
        const flags = bytes[offset + 4]! | (bytes[offset + 5]! << 8);
        if (flags !== 0 && !isKnownNode(bytes, offset, flags, kind)) return badPage(number);
        end += flags === F_BIGDATA ? REFERENCE_BYTES : dataSize(bytes, offset);
      }
      if (end > bytes.length) return badPage(number);
      used += padded(end - offset);
    }
    return used === room - upper ? new Page(bytes, isLeaf, count) : badPage(number);
  }

  /** The page at a place, whose bytes have been parsed before without changes since. */
  static seen(bytes: Buffer, { depth }: Place): Page {
    return new Page(bytes, depth === 1, bytes.readUInt16LE(LOWER_OFFSET) / SLOT_BYTES);
  }

  /** Where a node begins, in bytes, for loops over many nodes. */
  offset(node: number): number {
    return offsetOf(this.bytes, node);
  }

  keyStart(node: number): number {
    return this.offset(node) + NODE_HEADER_BYTES;
  }

  key(node: number): Buffer {
    return this.bytes.subarray(this.keyStart(node), this.dataStart(node));
  }

  /** Where the key ends and the data begins. */
  dataStart(node: number): number {
    return dataStart(this.bytes, this.offset(node));
  }

  /** Bytes of the data, wherever they are. */
  dataSize(node: number): number {
    return dataSize(this.bytes, this.offset(node));
  }

  /** Whether the data has pages of its own; the node then contains a reference to them. */
  isElsewhere(node: number): boolean {
    return isElsewhere(this.bytes, this.offset(node));
  }

  /** The data on the page, which may be a reference. */
  data(node: number): Buffer {
    const offset = this.offset(node);
    return this.bytes.subarray(dataStart(this.bytes, offset), dataEnd(this.bytes, offset));
  }

  /** Whether the data is the descriptor of a tree. */
  isTree(node: number): boolean {
    return (this.bytes[this.offset(node) + 4]! & F_SUBDATA) !== 0;
  }

  /** The page number of a branch's child. */
  child(node: number): number {
    const offset = this.offset(node);
    return dataSize(this.bytes, offset) + this.bytes.readUInt16LE(offset + 4) * 2 ** 32;
  }

  /** Sets the page number of a branch's child. */
  setChild(node: number, number: number): void {
    const offset = this.offset(node);
    this.bytes.writeUInt32LE(number % 2 ** 32, offset);
    this.bytes.writeUInt16LE(Math.floor(number / 2 ** 32), offset + 4);
  }

  /** The pages of the data's own. */
  overflow(node: number): { readonly number: number; readonly count: number } {
    const reference = this.data(node);
    const number = Number(reference.readBigUInt64LE(0));
    return { number, count: Number(reference.readBigUInt64LE(16)) };
  }

  /** Sets the reference to as many other pages, written by a transaction. */
  setOverflow(node: number, number: number, transaction: number): void {
    const reference = this.data(node);
    reference.writeBigUInt64LE(BigInt(number), 0);
    reference.writeBigUInt64LE(BigInt(transaction), 8);
  }

  /** Negative if the node's key comes before `key`, positive if it comes after it. */
  compareKey(node: number, key: Uint8Array): number {
    const { bytes } = this;
    const start = this.keyStart(node);
    const size = this.dataStart(node) - start;
    const { length } = key;
    const shared = Math.min(size, length);
    // A call of Buffer's own costs as much as some hundred bytes here.
    for (let at = 0; at < shared; at++) {
      const difference = bytes[start + at]! - key[at]!;
      if (difference !== 0) return difference;
    }
    return size - length;
  }

  /** The first node from `start` on whose key is at least `key`, or with `beyond` greater. */
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

  /**
   * The first node after `start` whose key is not greater than the one before; -1 if there is none.
   */
  firstMisplaced(start = 0): number {
    const { bytes, count } = this;
    for (let node = start + 1; node < count; node++) {
      const end = this.dataStart(node - 1);
      const nextEnd = this.dataStart(node);
      let at = this.keyStart(node - 1);
      let next = this.keyStart(node);
      while (at < end && next < nextEnd && bytes[at] === bytes[next]) {
        at++;
        next++;
      }
      const isAfter = next < nextEnd && (at === end || bytes[at]! < bytes[next]!);
      if (!isAfter) return node;
    }
    return -1;
  }

  /** Whether the nodes fill the end of the page without gaps and overlaps. */
  get isTiled(): boolean {
    const { bytes, count } = this;
    for (let node = 0; node < count; node++) nodeAt[this.offset(node)] = node;
    let end = PAGE_HEADER_BYTES + bytes.readUInt16LE(UPPER_OFFSET);
    for (let passed = 0; passed < count; passed++) {
      const node = end < bytes.length ? nodeAt[end]! : count;
      // Remains of another page are not nodes of this one.
      if (node >= count || this.offset(node) !== end) return false;
      end += padded((this.isLeaf ? dataEnd(bytes, end) : dataStart(bytes, end)) - end);
    }
    return end === bytes.length;
  }
}

/** The node last seen at each offset of a page. */
const nodeAt = new Uint16Array(LARGEST_PAGE_BYTES);

export function badPage(number: number): Fault {
  return new Fault(`page ${number} is not what it should be`);
}

function isKnownNode(bytes: Buffer, offset: number, flags: number, kind: TreeKind): boolean {
  if (flags === F_BIGDATA) return true;
  return flags === F_SUBDATA && kind === 'main' && dataSize(bytes, offset) === tree.bytes;
}

/** Where a node begins, in bytes. */
function offsetOf(bytes: Buffer, node: number): number {
  const slot = PAGE_HEADER_BYTES + SLOT_BYTES * node;
  return PAGE_HEADER_BYTES + (bytes[slot]! | (bytes[slot + 1]! << 8));
}
