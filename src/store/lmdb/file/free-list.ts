/** A list of free pages, as LMDB keeps it on the disk: what it says is overwritten. */

/** LMDB's two meta pages come before all others. */
const FIRST_PAGE = 2n;

/**
 * Whether the bytes can be such a list, or the beginning of one of `size` bytes: how many entries
 * there are, and each of them, i64. An entry is a page's number; less than nothing, it is how many
 * pages there are from the one in the next entry on; nothing, it is not in use.
 */
export function isFreeList(bytes: Buffer, size: number, lastPage: bigint): boolean {
  if (bytes.length < 8) return false;
  const count = bytes.readBigUInt64LE(0);
  if ((count + 1n) * 8n > BigInt(size)) return false;
  const end = Math.min(bytes.length, Number(count + 1n) * 8);
  let length = 1n;
  for (let at = 8; at + 8 <= end; at += 8) {
    const entry = bytes.readBigInt64LE(at);
    if (entry > 0n && (entry < FIRST_PAGE || entry + length - 1n > lastPage)) return false;
    if (entry < -lastPage) return false;
    length = entry < 0n ? -entry : 1n;
  }
  return true;
}
