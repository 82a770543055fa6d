/**
 * Checks the index of records that expire: each entry has its record, and each such record its
 * entry.
 */
import { recordSum, seedOf, sumOfBytes, viewOf } from '../checksum.js';
import type { Page } from '../file/page.js';
import {
  bucketDatabase,
  decodeExpiry,
  EXPIRY_DATABASE,
  type ExpiryEntry,
  encodeExpiry,
  expiryKey,
} from '../layout.js';
import { type CheckedLeaf, checkTree } from './checked-tree.js';
import { Scan } from './scan.js';

const PLACE = { part: EXPIRY_DATABASE } as const;
const SEED = seedOf(EXPIRY_DATABASE);
const FIRST_ENTRIES = 1024;

export class Expiries {
  count = 0;
  readonly #scan: Scan;
  readonly #descriptor: Buffer | undefined;
  /** The mark of each entry, in ascending order when all have come. */
  #marks = new Float64Array(FIRST_ENTRIES);
  /** Whether a record for each mark has come. */
  #isOfRecord = new Uint8Array(0);

  /** `trees` are the descriptors of the existing trees. */
  constructor(scan: Scan, trees: ReadonlyMap<string, Buffer>) {
    this.#scan = scan;
    this.#descriptor = trees.get(EXPIRY_DATABASE);
  }

  /** Reads the index. Yields after each page. Throws `io`. */
  *read(): Generator<void> {
    for (const { page, number } of this.#leaves(this.#scan)) {
      for (let node = 0; node < page.count; node++) {
        const entry = entryAt(page, node);
        if (entry) this.#take(entry);
        else this.#report(number, 'the checksum of an entry is not that of its bytes');
      }
      yield;
    }
    this.#marks = this.#marks.subarray(0, this.count).sort();
    this.#isOfRecord = new Uint8Array(this.count);
  }

  /**
   * Notes a record that expires; false if its entry is missing, although all entries could be read.
   */
  hold(record: ExpiryEntry): boolean {
    const place = this.#find(record);
    if (place !== undefined) this.#isOfRecord[place] = 1;
    return place !== undefined || this.#scan.isPartial;
  }

  /** Reports entries without a record; to be called when all records have been checked. */
  *checkRecords(): Generator<void> {
    if (this.#scan.isPartial || this.#isOfRecord.every(Boolean)) return;
    // Their pages have been counted before.
    for (const { page, number } of this.#leaves(new Scan(this.#scan.file, this.#scan.meta))) {
      for (let node = 0; node < page.count; node++) {
        const entry = entryAt(page, node);
        const place = entry && this.#find(entry);
        if (place === undefined || this.#isOfRecord[place] === 1) continue;
        const { bucketId, key, version } = entry!;
        const record = `version ${version} of "${key}" in ${bucketDatabase(bucketId)}`;
        this.#report(number, `an entry is of ${record}, which is not there`);
      }
      yield;
    }
  }

  #leaves(scan: Scan): Iterable<CheckedLeaf> {
    const descriptor = this.#descriptor;
    return descriptor ? checkTree(scan, { kind: 'named', descriptor, place: PLACE }) : [];
  }

  #take(entry: ExpiryEntry): void {
    if (this.count === this.#marks.length) {
      const larger = new Float64Array(2 * this.count);
      larger.set(this.#marks);
      this.#marks = larger;
    }
    this.#marks[this.count++] = markOf(entry);
  }

  #find(entry: ExpiryEntry): number | undefined {
    const mark = markOf(entry);
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#marks[middle]! < mark) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.#marks[low] === mark ? low : undefined;
  }

  #report(page: number, problem: string): void {
    this.#scan.report({ page, ...PLACE, problem });
  }
}

function entryAt(page: Page, node: number): ExpiryEntry | undefined {
  return page.isElsewhere(node) ? undefined : decodeExpiry(SEED, page.key(node), page.data(node));
}

/** 53 bits, which two entries hardly ever share: 8 bytes for each are held in memory. */
function markOf(entry: ExpiryEntry): number {
  const bytes = Buffer.concat([expiryKey(entry.expires, entry.version), encodeExpiry(entry)]);
  const view = viewOf(bytes);
  return sumOfBytes(bytes) * 2 ** 21 + (recordSum(SEED, view, 0, 0, view, 0, bytes.length) >>> 11);
}
