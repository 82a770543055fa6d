/** The records of a leaf, as the port has them. */
import type { KvError } from '../../../errors.js';
import { ELSEWHERE, type Entry, type Milliseconds, type StoredValue } from '../../record.js';
import { recordSum, sumOfBytes, viewOf } from '../checksum.js';
import type { Chunks } from '../chunks.js';
import type { ListedRecords } from '../listed-records.js';
import type { Snapshot } from '../reads.js';
import {
  CHECKSUM_BYTES,
  decodeHeader,
  expiresAt,
  type Header,
  inlineValueStart,
  isSound,
  isUsual,
  SUMMED_LIMIT_BYTES,
  HEADER_BYTES as USUAL_HEADER_BYTES,
} from '../record-layout.js';
import { InlineValue, ValueInChunks } from '../stored-value.js';
import { type Leaf, sound } from './leaves.js';
import { dataSize, dataStart, isElsewhere, NODE_HEADER_BYTES, REFERENCE_BYTES } from './node.js';
import type { Page } from './page.js';
import type { StoreFile } from './store-file.js';

/** Bytes from which every header can be read. */
const HEADER_BYTES = 64;

/** Where records are that are not on their leaf, and the seed of their checksums. */
export interface LeafSource {
  readonly file: StoreFile;
  /** The last transaction that may have written a page. */
  readonly newest: bigint;
  readonly seed: number;
}

/** What reading a leaf's values may need besides the leaf. */
export interface LeafContext extends LeafSource {
  readonly chunks: Chunks;
  readonly snapshot: Snapshot;
  /** Records expired by then are omitted. */
  readonly moment: Milliseconds;
  /** The error for a damaged record. */
  damaged(key: Uint8Array, state: string): KvError;
  readonly placeMemory: PlaceMemory;
}

/** Memory for the places of a leaf's records, reused for the next leaf. */
export class PlaceMemory {
  #places = new Int32Array(0);

  /** Room for at least that many records. */
  take(records: number): Int32Array {
    if (this.#places.length < 4 * records) this.#places = new Int32Array(8 * records);
    return this.#places;
  }
}

const NOT_ITS_SUM = 'its checksum is not that of its bytes';

export class LeafRecords implements ListedRecords {
  readonly count: number;
  readonly stored: number;
  readonly bytes: Buffer;
  readonly places: Int32Array;
  readonly #leaf: Leaf;
  readonly #context: LeafContext;
  /** The node of each record, if some of the leaf have expired. */
  readonly #nodes: readonly number[] | undefined;
  mayExpire = false;

  /**
   * Compares every record with its checksum, except values that are elsewhere. Throws `damaged`,
   * `io`.
   */
  constructor(leaf: Leaf, context: LeafContext) {
    this.#leaf = leaf;
    this.#context = context;
    this.stored = leaf.to - leaf.from;
    this.bytes = leaf.page.bytes;
    const { places, nodes } = this.#findPlaces();
    this.places = places;
    this.#nodes = nodes;
    this.count = nodes?.length ?? this.stored;
  }

  key(position: number): string {
    const { page } = this.#leaf;
    const node = this.#nodeAt(position);
    return this.bytes.toString('utf8', page.keyStart(node), page.dataStart(node));
  }

  /** Throws `damaged`. */
  expires(position: number): Milliseconds | undefined {
    return this.mayExpire ? this.header(position).expires : undefined;
  }

  /** Throws `damaged`. */
  entry(position: number): Entry {
    const { size, version, modified, expires, kind } = this.header(position);
    return { key: this.key(position), size, version, modified, expires, kind };
  }

  /** Throws `damaged`, `io`. */
  value(position: number): StoredValue {
    const { chunks, snapshot } = this.#context;
    const header = this.header(position);
    const { chunked, valueStart, valueSum } = header;
    if (chunked) {
      snapshot?.use();
      const key = Buffer.from(this.#leaf.page.key(this.#nodeAt(position)));
      const damaged = (state: string) => this.#context.damaged(key, state);
      return new ValueInChunks({ ...header, chunked }, chunks, snapshot, damaged);
    }
    const record = this.#data(position, Number.POSITIVE_INFINITY);
    const value = Uint8Array.prototype.slice.call(record, valueStart);
    const isWhole = valueSum === undefined || sumOfBytes(value) === valueSum;
    if (!isWhole) throw this.#damaged(this.#nodeAt(position));
    return new InlineValue(header, value);
  }

  /** Throws `damaged`. */
  header(position: number): Header {
    const size = this.#leaf.page.dataSize(this.#nodeAt(position));
    return decodeHeader(this.#data(position, HEADER_BYTES), size);
  }

  /** The record's first bytes, up to `length`. */
  #data(position: number, length: number): Buffer {
    return dataOf(this.#leaf.page, this.#nodeAt(position), this.#context, length);
  }

  #nodeAt(position: number): number {
    return this.#nodes?.[position] ?? this.#leaf.from + position;
  }

  #damaged(node: number): KvError {
    return this.#context.damaged(this.#leaf.page.key(node), NOT_ITS_SUM);
  }

  /**
   * The places of the records, and their nodes if others have expired; each is compared with its
   * checksum.
   */
  #findPlaces(): { places: Int32Array; nodes: number[] | undefined } {
    const { page, from, to } = this.#leaf;
    const { seed, placeMemory, moment } = this.#context;
    const places = placeMemory.take(this.stored);
    let nodes: number[] | undefined;
    let place = 0;
    const { bytes } = page;
    const view = viewOf(bytes);
    for (let node = from; node < to; node++) {
      const offset = page.offset(node);
      const keyStart = offset + NODE_HEADER_BYTES;
      const start = dataStart(bytes, offset);
      const end = start + dataSize(bytes, offset);
      // Most records are short and never expire: one look recognises them.
      if (!isElsewhere(bytes, offset) && isUsual(view, start, end - start)) {
        const sum = recordSum(seed, view, keyStart, start, view, start + CHECKSUM_BYTES, end);
        if (view.getInt32(start) !== sum) throw this.#damaged(node);
        nodes?.push(node);
        places[place++] = keyStart;
        places[place++] = start;
        places[place++] = start + USUAL_HEADER_BYTES;
        places[place++] = end;
        continue;
      }
      let valueStart: number | undefined;
      let expires: Milliseconds | undefined;
      if (isElsewhere(bytes, offset)) {
        const data = soundNode(page, node, this.#context);
        if (data === undefined) throw this.#damaged(node);
        expires = expiresAt(viewOf(data), 0);
      } else {
        const isRecord = isSound(seed, view, keyStart, start, view, start, end - start);
        valueStart = isRecord ? inlineValueStart(bytes, view, start, end) : 0;
        if (valueStart === 0) throw this.#damaged(node);
        expires = expiresAt(view, start);
      }
      if (expires !== undefined) this.mayExpire = true;
      if (expires !== undefined && expires <= moment) {
        nodes ??= Array.from({ length: node - from }, (_, position) => from + position);
        continue;
      }
      nodes?.push(node);
      places[place++] = keyStart;
      places[place++] = start;
      places[place++] = valueStart ?? ELSEWHERE;
      places[place++] = valueStart === undefined ? ELSEWHERE : end;
    }
    return { places, nodes };
  }
}

/**
 * Whether a record's checksum matches its bytes, without those of a longer value. Throws `damaged`,
 * `io`.
 */
export function isSoundNode(page: Page, node: number, source: LeafSource): boolean {
  return soundNode(page, node, source) !== undefined;
}

/** The header of a record; undefined if its checksum does not match. Throws `damaged`, `io`. */
export function soundHeader(page: Page, node: number, source: LeafSource): Header | undefined {
  const data = soundNode(page, node, source);
  return data && decodeHeader(data, page.dataSize(node));
}

/**
 * The first bytes of a record, up to `SUMMED_LIMIT_BYTES`; undefined if their checksum does not
 * match.
 */
function soundNode(page: Page, node: number, source: LeafSource): Buffer | undefined {
  const data = dataOf(page, node, source, SUMMED_LIMIT_BYTES);
  const key = page.key(node);
  const { seed } = source;
  const size = page.dataSize(node);
  return isSound(seed, viewOf(key), 0, key.length, viewOf(data), 0, size) ? data : undefined;
}

/** The first bytes of a record, up to `length`. Throws `damaged`, `io`. */
function dataOf(page: Page, node: number, { file, newest }: LeafSource, length: number): Buffer {
  const start = page.dataStart(node);
  const size = page.dataSize(node);
  if (!page.isElsewhere(node)) return page.bytes.subarray(start, start + Math.min(size, length));
  const reference = page.bytes.subarray(start, start + REFERENCE_BYTES);
  return sound(file, file.readOverflow(reference, size, newest, length));
}
