/** Which tree a leaf is of, by the checksums of what is on it: they begin with the name of the tree. */
import { soundHeader } from '../check/records.js';
import { recordSum, seedOf, viewOf } from '../checksum.js';
import { runsOf } from '../file/free-list.js';
import { Fault, type Page } from '../file/page.js';
import {
  bucketDatabase,
  decodeChunkKey,
  EXPIRY_DATABASE,
  openEntry,
  sumOfChunk,
} from '../layout.js';
import { decodeHeader, HEADER_BYTES, isUsual } from '../record-layout.js';

/** Sums that are made to find buckets of which nothing is known: some ten seconds' work. */
const SUMS_LIMIT = 2 ** 26;

/** The largest id that is tried: in so many tries, a record of no bucket passes for one of some once in 1,000 times. */
const ID_LIMIT = 2 ** 22;

/** Nodes of a leaf that are tried with ids that are not known; and with all that are, sums for a leaf. */
const NODES_TRIED = 4;
const LEAF_SUMS = 100_000;

/** Trees whose nodes are entries. */
const entrySeeds = ['main', 'values', 'uploads', EXPIRY_DATABASE].map(seedOf);

export class LeafOwner {
  readonly #dataOf: (page: Page, node: number) => Buffer | Fault;
  /** The ids that are known, the last one found first. */
  readonly #ids: number[];
  #sumsLeft = SUMS_LIMIT;

  /** With the ids of buckets that are known. */
  constructor(dataOf: (page: Page, node: number) => Buffer | Fault, ids: Iterable<number>) {
    this.#dataOf = dataOf;
    this.#ids = [...ids];
  }

  /** `chunks`, or the id of a bucket, which may be one that is not known; undefined for what is neither. Throws `io`. */
  of(page: Page, mayBeUnknown: boolean): 'chunks' | number | undefined {
    const ids = this.#ids.length + 1;
    for (let node = 0; node < page.count && node * ids < LEAF_SUMS; node++) {
      const key = page.key(node);
      const data = this.#dataOf(page, node);
      if (data instanceof Fault) continue;
      if (isChunk(key, data)) return 'chunks';
      if (entrySeeds.some((seed) => openEntry(seed, key, data))) return undefined;
      const id = this.#known(key, data);
      if (id !== undefined) return id;
    }
    return mayBeUnknown ? this.#unknown(page) : undefined;
  }

  #known(key: Buffer, data: Buffer): number | undefined {
    const at = this.#ids.findIndex((id) => soundHeader(seedOfBucket(id), key, data));
    if (at < 0) return undefined;
    const [id] = this.#ids.splice(at, 1) as [number];
    this.#ids.unshift(id);
    return id;
  }

  /** The bucket by whose id two records have their sums, or the only one of a page. */
  #unknown(page: Page): number | undefined {
    for (let node = 0; node < Math.min(page.count, NODES_TRIED); node++) {
      const data = this.#dataOf(page, node);
      if (data instanceof Fault || data.length < HEADER_BYTES) continue;
      const key = page.key(node);
      // It is a list of free pages.
      if (key.length === 8 && runsOf(data)) return undefined;
      for (const id of this.#idsOf(key, data)) {
        if (page.count > 1 && !this.#hasAnother(page, node, id)) continue;
        this.#ids.unshift(id);
        return id;
      }
    }
    return undefined;
  }

  #hasAnother(page: Page, one: number, id: number): boolean {
    for (let node = 0; node < page.count; node++) {
      const data = this.#dataOf(page, node);
      if (node === one || data instanceof Fault) continue;
      if (soundHeader(seedOfBucket(id), page.key(node), data)) return true;
    }
    return false;
  }

  /** The ids by which a record has its sums. A bucket is made before its records, which have later versions. */
  *#idsOf(key: Buffer, data: Buffer): Generator<number> {
    const end = Math.min(decodeHeader(data).version, ID_LIMIT);
    const [keyView, view] = [viewOf(key), viewOf(data)];
    const isWhole = isUsual(view, 0, data.length);
    for (let id = 1; id < end && this.#sumsLeft > 0; id++, this.#sumsLeft--) {
      const seed = seedOfBucket(id);
      const isIts =
        !isWhole ||
        recordSum(seed, keyView, 0, key.length, view, 4, data.length) === view.getInt32(0);
      if (isIts && soundHeader(seed, key, data)) yield id;
    }
  }
}

/** Whether a chunk is what its key says. */
export function isChunk(key: Buffer, data: Buffer): boolean {
  const name = decodeChunkKey(key);
  return name !== undefined && sumOfChunk(name.valueId, name.index, data) === name.checksum;
}

function seedOfBucket(id: number): number {
  return seedOf(bucketDatabase(id));
}
