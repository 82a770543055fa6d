/** A list of free pages, as LMDB keeps it on the disk: what it says is overwritten. */
import { META_PAGES } from './meta-layout.js';

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
    if (entry > 0n && (entry < META_PAGES || entry + length - 1n > lastPage)) return false;
    if (entry < -lastPage) return false;
    length = entry < 0n ? -entry : 1n;
  }
  return true;
}

/** Pages side by side. */
export interface PageRun {
  readonly first: number;
  readonly count: number;
}

/**
 * The pages that a whole list names, or the first `limit` runs of them; undefined for what is no list. They may lie
 * anywhere.
 */
export function runsOf(list: Buffer, limit = Number.POSITIVE_INFINITY): PageRun[] | undefined {
  if (list.length < 8) return undefined;
  const count = entryOf(list, 0);
  if (count < 0 || (count + 1) * 8 > list.length) return undefined;
  const runs: PageRun[] = [];
  for (let entry = 1; entry <= count && runs.length < limit; entry++) {
    const number = entryOf(list, entry);
    if (number > 0) runs.push({ first: number, count: 1 });
    if (number >= 0) continue;
    if (++entry > count) return undefined;
    runs.push({ first: entryOf(list, entry), count: -number });
  }
  return runs;
}

/** An entry; a BigInt for each of many costs more than all the rest. */
function entryOf(list: Buffer, entry: number): number {
  return list.readUInt32LE(8 * entry) + list.readInt32LE(8 * entry + 4) * 2 ** 32;
}
