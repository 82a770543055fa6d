/** A page of LMDB's file, and the structures on it: those of its mdb.c, in the machine's byte order. */

/**
 * Bytes of a page's header: number u64, transaction u64, pad u16, flags u16, then lower and upper,
 * u16 each, or the number of overflow pages, u32. Behind it stand the places of the nodes, u16 each,
 * counted from there, up to lower; the nodes fill the page from upper on.
 */
export const PAGE_HEADER_BYTES = 24;
const TRANSACTION_OFFSET = 8;
export const FLAGS_OFFSET = 18;
const LOWER_OFFSET = 20;
const UPPER_OFFSET = 22;
export const PAGE_COUNT_OFFSET = 20;
const P_BRANCH = 0x01;
const P_LEAF = 0x02;
export const P_OVERFLOW = 0x04;
export const P_META = 0x08;

/**
 * Bytes of a node before its key: low u16, high u16, flags u16, key size u16. In a leaf low and high
 * are the size of the data behind the key; in a branch they and the flags are the child's number.
 */
export const NODE_HEADER_BYTES = 8;
const F_BIGDATA = 0x01;
const F_SUBDATA = 0x02;

/** Data of several pages is a reference to them: number u64, transaction u64, pages u64. */
export const REFERENCE_BYTES = 24;

/** A tree's descriptor: u32 pad, u16 flags, u16 depth, u64 pages of three kinds, u64 entries, root. */
export const tree = { bytes: 48, pageSize: 0, flags: 4, depth: 6, entries: 32, root: 40 };

/** The root of a tree that holds nothing. */
export const NO_PAGE = 2n ** 64n - 1n;

/** Bytes that begin a page's nodes: it has at least one of them. */
const SLOT_BYTES = 2;

/** The lists of free pages, the main tree, which leads to the others, or one of those. */
export type TreeKind = 'free' | 'main' | 'named';

/** A page of a tree, as what leads to it says. */
export interface Place {
  readonly number: number;
  readonly tree: TreeKind;
  /** How far it is above what is below the leaves: a leaf is at 1. */
  readonly depth: number;
}

/** Something in the file that cannot be; `state` says what, as the end of a sentence. */
export class Fault {
  readonly state: string;

  constructor(state: string) {
    this.state = state;
  }
}

/** A page of nodes, each of which lies within it. */
export class Page {
  readonly bytes: Buffer;
  readonly isLeaf: boolean;
  readonly count: number;
  /** Where each node begins, in bytes. */
  readonly #offsets: Uint16Array;

  private constructor(bytes: Buffer, isLeaf: boolean, offsets: Uint16Array) {
    this.bytes = bytes;
    this.isLeaf = isLeaf;
    this.count = offsets.length;
    this.#offsets = offsets;
  }

  /** The page at a place, of a transaction that is not after `newest`; or why it cannot be. */
  static parse(bytes: Buffer, place: Place, newest: bigint): Page | Fault {
    const { number, tree: kind, depth } = place;
    const isLeaf = depth === 1;
    if (!hasHeader(bytes, number, isLeaf ? P_LEAF : P_BRANCH, newest)) return badPage(number);
    const lower = bytes.readUInt16LE(LOWER_OFFSET);
    const upper = bytes.readUInt16LE(UPPER_OFFSET);
    const room = bytes.length - PAGE_HEADER_BYTES;
    const isInOrder = lower >= SLOT_BYTES && lower <= upper && upper <= room;
    if (!isInOrder || lower % SLOT_BYTES > 0) return badPage(number);
    const offsets = new Uint16Array(lower / SLOT_BYTES);
    const first = PAGE_HEADER_BYTES + upper;
    const last = bytes.length - NODE_HEADER_BYTES;
    let used = 0;
    for (let node = 0, slot = PAGE_HEADER_BYTES; node < offsets.length; node++) {
      const offset = PAGE_HEADER_BYTES + (bytes[slot++]! | (bytes[slot++]! << 8));
      if (offset < first || offset > last) return badPage(number);
      let end = dataStart(bytes, offset);
      if (isLeaf) {
        const flags = bytes[offset + 4]! | (bytes[offset + 5]! << 8);
        if (flags !== 0 && !isKnownNode(bytes, offset, flags, kind)) return badPage(number);
        end += flags === F_BIGDATA ? REFERENCE_BYTES : dataSize(bytes, offset);
      }
      if (end > bytes.length) return badPage(number);
      offsets[node] = offset;
      used += padded(end - offset);
    }
    return used === room - upper ? new Page(bytes, isLeaf, offsets) : badPage(number);
  }

  /** Where a node begins, in bytes, for a loop over many of them. */
  offset(node: number): number {
    return this.#offsets[node]!;
  }

  keyStart(node: number): number {
    return this.#offsets[node]! + NODE_HEADER_BYTES;
  }

  key(node: number): Buffer {
    return this.bytes.subarray(this.keyStart(node), this.dataStart(node));
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

  /** The data on the page, which may be a reference. */
  data(node: number): Buffer {
    const offset = this.#offsets[node]!;
    return this.bytes.subarray(dataStart(this.bytes, offset), dataEnd(this.bytes, offset));
  }

  /** Whether the data is the descriptor of a tree. */
  isTree(node: number): boolean {
    return (this.bytes[this.#offsets[node]! + 4]! & F_SUBDATA) !== 0;
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

  /** Whether the nodes fill the end of the page, each one once, with nothing between them. */
  get isTiled(): boolean {
    const ends = new Map<number, number>();
    for (const offset of this.#offsets) {
      const end = this.isLeaf ? dataEnd(this.bytes, offset) : dataStart(this.bytes, offset);
      ends.set(offset, offset + padded(end - offset));
    }
    let end: number | undefined = PAGE_HEADER_BYTES + this.bytes.readUInt16LE(UPPER_OFFSET);
    for (let node = 0; node < this.count && end !== undefined; node++) end = ends.get(end);
    return end === this.bytes.length;
  }
}

/** Whether the bytes begin as such a page does, of a transaction that is not after `newest`. */
export function hasHeader(bytes: Buffer, number: number, flags: number, newest: bigint): boolean {
  return (
    bytes.readBigUInt64LE(0) === BigInt(number) &&
    bytes.readUInt16LE(FLAGS_OFFSET) === flags &&
    // LMDB takes a page of a later transaction for one in memory.
    bytes.readBigUInt64LE(TRANSACTION_OFFSET) <= newest
  );
}

export function badPage(number: number): Fault {
  return new Fault(`page ${number} is not what it should be`);
}

function isKnownNode(bytes: Buffer, offset: number, flags: number, kind: TreeKind): boolean {
  if (flags === F_BIGDATA) return true;
  return flags === F_SUBDATA && kind === 'main' && dataSize(bytes, offset) === tree.bytes;
}

/** Nodes begin at even places. */
function padded(size: number): number {
  return size + (size & 1);
}

/** What `Page` tells of the node at an offset. */
export function dataStart(bytes: Buffer, offset: number): number {
  return offset + NODE_HEADER_BYTES + (bytes[offset + 6]! | (bytes[offset + 7]! << 8));
}

export function dataSize(bytes: Buffer, offset: number): number {
  const low = bytes[offset]! | (bytes[offset + 1]! << 8);
  return low + (bytes[offset + 2]! | (bytes[offset + 3]! << 8)) * 2 ** 16;
}

export function isElsewhere(bytes: Buffer, offset: number): boolean {
  return (bytes[offset + 4]! & F_BIGDATA) !== 0;
}

function dataEnd(bytes: Buffer, offset: number): number {
  const size = isElsewhere(bytes, offset) ? REFERENCE_BYTES : dataSize(bytes, offset);
  return dataStart(bytes, offset) + size;
}
