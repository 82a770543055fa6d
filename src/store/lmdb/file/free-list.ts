/** A list of free pages, as LMDB stores it: the pages in it may be overwritten. */
import { META_PAGES } from './meta-layout.js';

/**
 * Whether the bytes can be such a list, or the beginning of one of `size` bytes: the number of
 * entries, then the entries, i64. A positive entry is a page's number; a negative one is the length
 * of a run from the page in the next entry; zero is unused.
 */
export function isFreeList(bytes: Buffer, size: number, lastPage: number): boolean {
  if (bytes.length < 8) return false;
  const count = entryOf(bytes, 0);
  if (count < 0 || (count + 1) * 8 > size) return false;
  const end = Math.min(bytes.length >> 3, count + 1);
  let length = 1;
  for (let at = 1; at < end; at++) {
    const entry = entryOf(bytes, at);
    if (entry > 0 && (entry < META_PAGES || entry + length - 1 > lastPage)) return false;
    if (entry < -lastPage) return false;
    length = entry < 0 ? -entry : 1;
  }
  return true;
}

/** Adjacent pages. */
export interface PageRun {
  readonly first: number;
  readonly count: number;
}

/**
 * The pages in a whole list, or its first `limit` runs; undefined if it is not a list. They may lie
 * outside of the file.
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

/** An entry; a BigInt for each would cost more than everything else. */
function entryOf(list: Buffer, entry: number): number {
  return list.readUInt32LE(8 * entry) + list.readInt32LE(8 * entry + 4) * 2 ** 32;
}
