/** The header of a page of LMDB's file: its fields, as in mdb.c, in the machine's byte order. */

/**
 * Bytes of a page's header: number u64, transaction u64, pad u16, flags u16, then lower and upper,
 * u16 each, or the number of overflow pages, u32. Behind it stand the places of the nodes, u16 each,
 * counted from there, up to lower; the nodes fill the page from upper on.
 */
export const PAGE_HEADER_BYTES = 24;
const TRANSACTION_OFFSET = 8;
export const FLAGS_OFFSET = 18;
export const LOWER_OFFSET = 20;
export const UPPER_OFFSET = 22;
export const PAGE_COUNT_OFFSET = 20;
export const P_BRANCH = 0x01;
export const P_LEAF = 0x02;
export const P_OVERFLOW = 0x04;
export const P_META = 0x08;

/** Whether the bytes have the header of such a page, by a transaction not after `newest`. */
export function hasHeader(bytes: Buffer, number: number, flags: number, newest: bigint): boolean {
  return (
    readU64(bytes, 0) === number &&
    bytes.readUInt16LE(FLAGS_OFFSET) === flags &&
    // LMDB takes a page of a later transaction for one in memory.
    readU64(bytes, TRANSACTION_OFFSET) <= Number(newest)
  );
}

/** The page's own number in its header. */
export function numberOf(bytes: Buffer): number {
  return Number(bytes.readBigUInt64LE(0));
}

/** The number of pages from `start` on: more than one only for the data of a node. */
export function pageCountOf(bytes: Buffer, start = 0): number {
  const isOverflow = (bytes.readUInt16LE(start + FLAGS_OFFSET) & P_OVERFLOW) !== 0;
  return isOverflow ? bytes.readUInt32LE(start + PAGE_COUNT_OFFSET) : 1;
}

/** The transaction that wrote the page at `start`. */
export function transactionOf(bytes: Buffer, start = 0): bigint {
  return bytes.readBigUInt64LE(start + TRANSACTION_OFFSET);
}

/** Changes a page's number and transaction. */
export function movePage(bytes: Buffer, number: number, transaction: number): void {
  bytes.writeBigUInt64LE(BigInt(number), 0);
  bytes.writeBigUInt64LE(BigInt(transaction), TRANSACTION_OFFSET);
}

/** Initialises an empty page, or the first of several with the data of one node. */
export function beginPage(
  bytes: Buffer,
  number: number,
  transaction: number,
  kind: { readonly flags: number; readonly overflowPages?: number },
): void {
  bytes.fill(0, 0, PAGE_HEADER_BYTES);
  movePage(bytes, number, transaction);
  bytes.writeUInt16LE(kind.flags, FLAGS_OFFSET);
  if (kind.overflowPages !== undefined) bytes.writeUInt32LE(kind.overflowPages, PAGE_COUNT_OFFSET);
}

/** Exact below 2 ** 53, which no store reaches. A BigInt would be an allocation for each page. */
function readU64(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset) + bytes.readUInt32LE(offset + 4) * 2 ** 32;
}
