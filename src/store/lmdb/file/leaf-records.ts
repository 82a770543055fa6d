/** The records of a leaf, as the port has them. */
import { ELSEWHERE, type Entry, type StoredValue } from '../../record.js';
import type { Chunks } from '../chunks.js';
import type { Snapshot } from '../environment.js';
import { copyInlineValue, decodeHeader, type Header, inlineValueStart } from '../layout.js';
import type { ListedRecords } from '../listed-records.js';
import { InlineValue, ValueInChunks } from '../stored-value.js';
import { type Leaf, sound } from './leaves.js';
import { dataSize, dataStart, isElsewhere, NODE_HEADER_BYTES, REFERENCE_BYTES } from './page.js';
import type { StoreFile } from './store-file.js';

/** Bytes from which every header can be read. */
const HEADER_BYTES = 64;

/** What a leaf's values may need beside the leaf. */
export interface LeafContext {
  readonly file: StoreFile;
  /** The last transaction that may have written a page. */
  readonly newest: bigint;
  readonly chunks: Chunks;
  readonly snapshot: Snapshot;
}

export class LeafRecords implements ListedRecords {
  readonly count: number;
  readonly bytes: Buffer;
  readonly #leaf: Leaf;
  readonly #context: LeafContext;
  #places: Int32Array | undefined;

  constructor(leaf: Leaf, context: LeafContext) {
    this.#leaf = leaf;
    this.#context = context;
    this.count = leaf.to - leaf.from;
    this.bytes = leaf.page.bytes;
  }

  get places(): Int32Array {
    this.#places ??= this.#findPlaces();
    return this.#places;
  }

  key(position: number): string {
    const { page, from } = this.#leaf;
    const node = from + position;
    return this.bytes.toString('utf8', page.keyStart(node), page.dataStart(node));
  }

  /** Throws `damaged`. */
  entry(position: number): Entry {
    const { size, version, modified, kind } = this.header(position);
    return { key: this.key(position), size, version, modified, kind };
  }

  /** Throws `damaged`, `io`. */
  value(position: number): StoredValue {
    const { chunks, snapshot } = this.#context;
    const header = this.header(position);
    if (header.chunked) {
      snapshot?.use();
      return new ValueInChunks(header, header.chunked, chunks, snapshot);
    }
    const record = this.#data(position, Number.POSITIVE_INFINITY);
    return new InlineValue(header, copyInlineValue(record, record.length));
  }

  /** Throws `damaged`. */
  header(position: number): Header {
    const size = this.#leaf.page.dataSize(this.#leaf.from + position);
    return decodeHeader(this.#data(position, HEADER_BYTES), size);
  }

  /** The record's first bytes, up to `length`. */
  #data(position: number, length: number): Buffer {
    const { page, from } = this.#leaf;
    const node = from + position;
    const start = page.dataStart(node);
    const size = page.dataSize(node);
    if (!page.isElsewhere(node)) {
      return this.bytes.subarray(start, start + Math.min(size, length));
    }
    const reference = this.bytes.subarray(start, start + REFERENCE_BYTES);
    const { file, newest } = this.#context;
    return sound(file, file.readOverflow(reference, size, newest, length));
  }

  #findPlaces(): Int32Array {
    const { page, from, to } = this.#leaf;
    const places = new Int32Array(4 * this.count);
    let place = 0;
    const { bytes } = page;
    for (let node = from; node < to; node++) {
      const offset = page.offset(node);
      const start = dataStart(bytes, offset);
      const size = dataSize(bytes, offset);
      const valueStart = isElsewhere(bytes, offset)
        ? undefined
        : inlineValueStart(bytes, start, size);
      places[place++] = offset + NODE_HEADER_BYTES;
      places[place++] = start;
      places[place++] = valueStart ?? ELSEWHERE;
      places[place++] = valueStart === undefined ? ELSEWHERE : start + size;
    }
    return places;
  }
}
