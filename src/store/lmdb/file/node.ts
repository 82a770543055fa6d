/** A node of a page in LMDB's file: its fields, as in mdb.c, in the machine's byte order. */

/**
 * Bytes of a node before its key: low u16, high u16, flags u16, key size u16. In a leaf low and
 * high are the size of the data after the key; in a branch they and the flags are the child's
 * number.
 */
export const NODE_HEADER_BYTES = 8;
export const F_BIGDATA = 0x01;
export const F_SUBDATA = 0x02;

/** Data of several pages is a reference to them: number u64, transaction u64, pages u64. */
export const REFERENCE_BYTES = 24;

/** Nodes begin at even places. */
export function padded(size: number): number {
  return size + (size & 1);
}

/** Where the key of the node at an offset ends and its data begins. */
export function dataStart(bytes: Buffer, offset: number): number {
  return offset + NODE_HEADER_BYTES + (bytes[offset + 6]! | (bytes[offset + 7]! << 8));
}

/** Bytes of its data, wherever they are. */
export function dataSize(bytes: Buffer, offset: number): number {
  const low = bytes[offset]! | (bytes[offset + 1]! << 8);
  return low + (bytes[offset + 2]! | (bytes[offset + 3]! << 8)) * 2 ** 16;
}

/** Whether its data has pages of its own; the node then contains a reference to them. */
export function isElsewhere(bytes: Buffer, offset: number): boolean {
  return (bytes[offset + 4]! & F_BIGDATA) !== 0;
}

/** Where the node's contents end. */
export function dataEnd(bytes: Buffer, offset: number): number {
  const size = isElsewhere(bytes, offset) ? REFERENCE_BYTES : dataSize(bytes, offset);
  return dataStart(bytes, offset) + size;
}
