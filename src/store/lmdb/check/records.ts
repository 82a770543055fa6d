/** Checks the records of a bucket: each can be read, and its value exists. */
import { isUtf8 } from 'node:buffer';
import { KEY_LIMIT_BYTES } from '../../record.js';
import { seedOf, sumOfBytes, viewOf } from '../checksum.js';
import { Fault, type Page } from '../file/page.js';
import { bucketDatabase } from '../layout.js';
import { type ChunkedValue, decodeHeader, type Header, isSound } from '../record-layout.js';
import { type CheckedLeaf, checkTree } from './checked-tree.js';
import type { Expiries } from './expiries.js';
import type { FoundBucket } from './main-tree.js';
import type { Scan } from './scan.js';
import type { Values } from './values.js';

const NOT_ITS_SUM = 'its checksum is not that of its bytes';

/** The header of a whole record whose checksums match its bytes; undefined for any other. */
export function soundHeader(seed: number, key: Buffer, record: Buffer): Header | undefined {
  const isRecord = isSound(seed, viewOf(key), 0, key.length, viewOf(record), 0, record.length);
  return isRecord ? headerWithValue(record, 0, record.length) : undefined;
}

/** The same for a record on a page, with a view of the page. */
function soundHeaderOn(page: Page, view: DataView, node: number, seed: number): Header | undefined {
  const start = page.dataStart(node);
  const size = page.dataSize(node);
  const isRecord = isSound(seed, view, page.keyStart(node), start, view, start, size);
  return isRecord ? headerWithValue(page.bytes, start, size) : undefined;
}

/** The header of the sound record at `start`; undefined if its value has another checksum. */
function headerWithValue(bytes: Buffer, start: number, size: number): Header | undefined {
  const header = decodeHeader(bytes, size, start);
  const { valueStart, valueSum } = header;
  if (valueSum === undefined) return header;
  const value = bytes.subarray(start + valueStart, start + size);
  return sumOfBytes(value) === valueSum ? header : undefined;
}

/** What the records are compared with. */
interface Known {
  readonly values: Values;
  readonly expiries: Expiries;
  /** The last number issued: no record has a later version. */
  readonly sequence: number;
}

export class Records {
  keys = 0;
  readonly #scan: Scan;
  readonly #known: Known;

  constructor(scan: Scan, known: Known) {
    this.#scan = scan;
    this.#known = known;
  }

  /** Checks a bucket. Yields after each page. Throws `io`. */
  *check(found: FoundBucket): Generator<void> {
    const { id, name: bucket, descriptor } = found;
    const seed = seedOf(bucketDatabase(id));
    for (const leaf of checkTree(this.#scan, { kind: 'named', descriptor, place: { bucket } })) {
      const { page } = leaf;
      const view = viewOf(page.bytes);
      this.keys += page.count;
      for (let node = 0; node < page.count; node++) {
        this.#checkKey(found, leaf, node);
        const header = this.#header(page, view, node, seed);
        if (header === 'damaged') this.#report(found, leaf, node, NOT_ITS_SUM);
        else if (header) this.#checkHeader(found, leaf, node, header);
      }
      yield;
    }
  }

  #checkKey(found: FoundBucket, leaf: CheckedLeaf, node: number): void {
    const { page } = leaf;
    const start = page.keyStart(node);
    const end = page.dataStart(node);
    const length = end - start;
    if (length === 0 || length > KEY_LIMIT_BYTES) {
      this.#report(found, leaf, node, `its key has ${length} bytes`);
    } else if (!isAscii(page.bytes, start, end) && !isUtf8(page.key(node))) {
      this.#report(found, leaf, node, 'its key is not UTF-8');
    }
  }

  #checkHeader(found: FoundBucket, leaf: CheckedLeaf, node: number, header: Header): void {
    const { sequence, expiries } = this.#known;
    const { version, expires, chunked } = header;
    if (version > sequence) {
      const problem = `its version ${version} is after the last number given, ${sequence}`;
      this.#report(found, leaf, node, problem);
    }
    if (expires !== undefined) {
      const expiry = { expires, version, bucketId: found.id, key: leaf.page.key(node) };
      const problem = 'it expires, and the index by time does not have it';
      if (!expiries.hold(expiry)) this.#report(found, leaf, node, problem);
    }
    const problem = chunked && this.#holdValue(chunked);
    if (problem) this.#report(found, leaf, node, problem);
  }

  #report({ name }: FoundBucket, { page, number }: CheckedLeaf, node: number, problem: string) {
    this.#scan.report({ page: number, bucket: name, key: page.key(node).toString(), problem });
  }

  /** Undefined if it is on a page that cannot be read, which has been reported. */
  #header(page: Page, view: DataView, node: number, seed: number): Header | 'damaged' | undefined {
    if (!page.isElsewhere(node)) return soundHeaderOn(page, view, node, seed) ?? 'damaged';
    const record = this.#scan.dataOf(page, node);
    if (record instanceof Fault) return undefined;
    return soundHeader(seed, page.key(node), record) ?? 'damaged';
  }

  /** The problem with a record's value, if any. */
  #holdValue({ valueId, size, chunkSize }: ChunkedValue): string | undefined {
    const { table } = this.#known.values;
    const row = table.find(valueId);
    if (row === undefined) return `nothing is there of its value ${valueId}`;
    table.hold(row);
    const bytes = table.bytes(row);
    if (bytes >= size) return undefined;
    return `chunk ${Math.floor(bytes / chunkSize)} of its value ${valueId} is missing or too short`;
  }
}

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  let all = 0;
  for (let at = start; at < end; at++) all |= bytes[at]!;
  return all < 0x80;
}
