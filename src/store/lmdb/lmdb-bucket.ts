/** One bucket: a named database, found again by its name at each call. */
import { absentBucket, KvError } from '../../errors.js';
import {
  ELSEWHERE,
  type Entry,
  type Existing,
  KEY_LIMIT_BYTES,
  type KeyRange,
  type Metadata,
  PACKED_ROOM_BYTES,
  type PackedRecords,
  type StoreBucket,
  type StoredRecords,
  type StoredValue,
  type Version,
} from '../store.js';
import { type Db, type PutOptions, pagesOf, statsOf } from './database.js';
import type { Environment, Snapshot } from './environment.js';
import { LeafRecords } from './file/leaf-records.js';
import { tree } from './file/page.js';
import {
  type ChunkedValue,
  copyInlineValue,
  decodeHeader,
  encodeChunked,
  encodeInline,
  type Header,
  INLINE_LIMIT_BYTES,
  type Stamp,
  stampInline,
} from './layout.js';
import type { LmdbStore } from './lmdb-store.js';
import { loadOrder } from './load-order.js';
import { InlineValue, ValueInChunks } from './stored-value.js';

/** Pages that a load may change in no order: about 125 MiB. */
const SCATTER_PAGES = 32_000;

/** Keys read at a time while listing. Between two pages the caller may write. */
const PAGE_KEYS = 1000;

/** Keys of the first page: whoever wants one key, or a few, does not pay for a thousand. */
const FIRST_PAGE_KEYS = 16;

/** How much larger each page is than the one before, up to `PAGE_KEYS`. */
const PAGE_GROWTH = 8;

export class LmdbBucket implements StoreBucket {
  readonly name: string;
  readonly #store: LmdbStore;
  readonly #environment: Environment;

  constructor(store: LmdbStore, name: string) {
    this.name = name;
    this.#store = store;
    this.#environment = store.environment;
  }

  get(key: string): StoredValue | undefined {
    return this.getMany([key])[0];
  }

  getMany(keys: readonly string[]): (StoredValue | undefined)[] {
    return this.#read((db, snapshot) => keys.map((key) => this.#value(db, key, snapshot)));
  }

  stat(key: string): Metadata | undefined {
    return this.#read((db, snapshot) => {
      const header = this.#header(db, Buffer.from(key), snapshot);
      return header && metadataOf(header);
    });
  }

  delete(key: string): boolean {
    return this.#write((db) => {
      const header = this.#header(db, Buffer.from(key));
      if (header === undefined) return false;
      db.removeSync(Buffer.from(key));
      if (header.chunked) this.#store.chunks.release(header.chunked.valueId);
      return true;
    });
  }

  copy(key: string, target: StoreBucket, targetKey: string): boolean {
    return this.#write((db) => {
      const record = this.#environment.readCopy(db, Buffer.from(key));
      if (record === undefined) return false;
      const { chunked } = decodeHeader(record);
      const value = chunked ?? copyInlineValue(record, record.length);
      (target as LmdbBucket).put(targetKey, value);
      return true;
    });
  }

  /** Makes bytes, or a value in chunks, the value of a key. */
  put(key: string, value: Uint8Array | ChunkedValue): Version {
    return this.#write((db) => {
      const { chunks } = this.#store;
      const keyBytes = Buffer.from(key);
      const old = this.#header(db, keyBytes);
      const stamp: Stamp = { version: this.#environment.nextNumber(), modified: Date.now() };
      // Before the old value is let go, which may be the same.
      if (!(value instanceof Uint8Array)) chunks.retain(value.valueId);
      const record =
        value instanceof Uint8Array ? encodeInline(stamp, value) : encodeChunked(stamp, value);
      db.putSync(keyBytes, record);
      if (old?.chunked) chunks.release(old.chunked.valueId);
      return stamp.version;
    });
  }

  /** Lets go of every value in chunks that the bucket holds, before all its records are dropped. */
  releaseChunks(): void {
    for (const { db, page } of this.#pages({})) {
      for (const key of page) {
        const chunked = this.#header(db, key)?.chunked;
        if (chunked) this.#store.chunks.release(chunked.valueId);
      }
    }
  }

  *keys(range: KeyRange): Generator<string> {
    if (this.#isInFile(range)) {
      for (const records of this.#leaves(range)) {
        for (let position = 0; position < records.count; position++) yield records.key(position);
      }
      return;
    }
    for (const { page } of this.#pages(range)) {
      for (const key of page) yield key.toString();
    }
  }

  *entries(range: KeyRange): Generator<Entry> {
    if (this.#isInFile(range)) {
      for (const records of this.#leaves(range)) {
        for (let position = 0; position < records.count; position++) yield records.entry(position);
      }
      return;
    }
    for (const { db, snapshot, page } of this.#pages(range)) {
      for (const key of page) {
        const header = this.#header(db, key, snapshot);
        if (header) yield { key: key.toString(), ...metadataOf(header) };
      }
    }
  }

  *records(range: KeyRange): Generator<StoredRecords> {
    if (this.#isInFile(range)) {
      yield* this.#leaves(range);
      return;
    }
    for (const { db, snapshot, page } of this.#pages(range)) {
      for (const key of page) {
        const value = () => this.#value(db, key.toString(), snapshot)!;
        yield { count: 1, bytes: key, places: keyAlone(key), value };
      }
    }
  }

  count(): number {
    return this.#read((db) => this.#countOf(db));
  }

  scatterLimit(): number {
    // Each may change another page, which is held until the commit; but there are no more than these.
    const isSmall = this.#read((db) => pagesOf(statsOf(db))) <= SCATTER_PAGES;
    return isSmall ? Number.POSITIVE_INFINITY : SCATTER_PAGES;
  }

  load(records: PackedRecords, existing: Existing): number[] {
    return this.#write((db) => {
      const refused: number[] = [];
      const modified = Date.now();
      const append = records.ascending && isBeyondLast(db, records);
      // What is refused must be the first of the input's, so that one is loaded as it comes.
      const order = records.ascending || existing === 'stop' ? undefined : loadOrder(records);
      // The first tells LMDB that a key comes after all others, which saves looking for its place.
      const options = append ? { append } : { noOverwrite: true };
      for (let index = 0; index < records.count; index++) {
        const position = order === undefined ? index : order[index]!;
        if (this.#loadOne(db, records, position, modified, options)) continue;
        if (existing === 'overwrite') this.#loadOver(db, records, position, modified);
        else refused.push(position);
        if (existing === 'stop' && refused.length > 0) break;
      }
      return refused.sort((a, b) => a - b);
    });
  }

  /** Sets a record of a load; false where its key is there already. */
  #loadOne(
    db: Db,
    records: PackedRecords,
    position: number,
    modified: number,
    options: PutOptions,
  ): boolean {
    const key = keyAt(records, position);
    const valueStart = records.places[4 * position + 2]!;
    const valueEnd = records.places[4 * position + 3]!;
    if (isLarge(records, position)) {
      if (options.noOverwrite && this.#header(db, key)) return false;
      this.#upload(key.toString(), records.bytes.subarray(valueStart, valueEnd));
      return true;
    }
    const record = records.bytes.subarray(valueStart - PACKED_ROOM_BYTES, valueEnd);
    stampInline(record, { version: this.#environment.nextNumber(), modified });
    return db.putSync(key, record, options);
  }

  /** Sets a record of a load in the place of one that is there. */
  #loadOver(db: Db, records: PackedRecords, position: number, modified: number): void {
    const old = this.#header(db, keyAt(records, position));
    this.#loadOne(db, records, position, modified, {});
    // An upload has done it itself.
    if (old?.chunked && !isLarge(records, position))
      this.#store.chunks.release(old.chunked.valueId);
  }

  /** Whether what is to be listed lies in the file: a write transaction's pages do not, all of them. */
  #isInFile({ reverse }: KeyRange): boolean {
    return !reverse && !this.#environment.inTransaction;
  }

  *#leaves(range: KeyRange): Generator<LeafRecords> {
    const { chunks } = this.#store;
    const { db, snapshot } = this.#store.snapshotOf(this.name);
    try {
      const descriptor = this.#environment.descriptor(db, snapshot);
      const { treeReader: reader } = this.#environment;
      const source = { reader, chunks, snapshot };
      let given = 0;
      for (const leaf of reader.leaves(descriptor, range.lower, range.upper)) {
        yield new LeafRecords(leaf, source);
        given += leaf.to - leaf.from;
      }
      const isWhole = range.lower === undefined && range.upper === undefined;
      const expected = Number(descriptor.readBigUInt64LE(tree.entries));
      if (isWhole && given !== expected) throw this.#damaged(given, expected);
    } finally {
      this.#environment.release(snapshot);
    }
  }

  *#pages(range: KeyRange): Generator<{ db: Db; snapshot: Snapshot; page: Buffer[] }> {
    const { db, snapshot } = this.#store.snapshotOf(this.name);
    try {
      const isWhole = range.lower === undefined && range.upper === undefined;
      const expected = isWhole ? this.#countOf(db) : 0;
      let given = 0;
      let rest: KeyRange = range;
      let wanted = FIRST_PAGE_KEYS;
      for (;;) {
        const page = this.#page(db, rest, wanted, snapshot);
        yield { db, snapshot, page };
        given += page.length;
        if (page.length < wanted) {
          // LMDB goes past a damaged page as if the bucket ended there.
          if (given < expected) throw this.#damaged(given, expected);
          return;
        }
        const last = page.at(-1)!;
        rest = range.reverse ? { ...range, upper: last } : { ...range, lower: successorOf(last) };
        wanted = Math.min(wanted * PAGE_GROWTH, PAGE_KEYS);
      }
    } finally {
      this.#environment.release(snapshot);
    }
  }

  #page(
    db: Db,
    { lower, upper, reverse = false }: KeyRange,
    limit: number,
    snapshot: Snapshot,
  ): Buffer[] {
    // To go on in a database that has been dropped meanwhile would end the process.
    if (!this.#environment.isOpen(db)) throw absentBucket(this.name);
    // lmdb takes a bound of no bytes for none, but no key is less than it.
    if (upper?.length === 0) return [];
    const from = reverse ? upper : lower;
    const options = {
      // A bound may be a byte longer than a key: just beyond the longest one.
      ...(from && { start: Buffer.from(from.subarray(0, KEY_LIMIT_BYTES)) }),
      exclusiveStart: from !== undefined && (reverse || from.length > KEY_LIMIT_BYTES),
      // lmdb would leave out the least key of all, going down to where no end is given.
      end: (reverse ? undefined : (upper as Buffer | undefined)) as Buffer,
      reverse,
      limit,
      ...(snapshot && { transaction: snapshot }),
    };
    const page = this.#environment.reading(() => [...db.getKeys(options)]);
    if (!reverse || lower === undefined) return page;
    const beyond = page.findIndex((key) => Buffer.compare(key, lower) < 0);
    return beyond === -1 ? page : page.slice(0, beyond);
  }

  #countOf(db: Db): number {
    return this.#environment.reading(() => statsOf(db).entryCount);
  }

  #damaged(given: number, expected: number): KvError {
    const state = `damaged: ${given} of its ${expected} keys can be read`;
    return new KvError('damaged', `cannot list bucket "${this.name}": ${state}`);
  }

  #upload(key: string, value: Uint8Array): void {
    const upload = this.#store.upload();
    upload.append(value);
    upload.store(this, key);
    upload.close();
  }

  #header(db: Db, key: Buffer, snapshot?: Snapshot): Header | undefined {
    const found = this.#environment.read(db, key, snapshot);
    return found && decodeHeader(found.bytes, found.length);
  }

  #value(db: Db, key: string, snapshot: Snapshot): StoredValue | undefined {
    const found = this.#environment.read(db, Buffer.from(key), snapshot);
    if (found === undefined) return undefined;
    const header = decodeHeader(found.bytes, found.length);
    if (header.chunked) {
      snapshot?.use();
      return new ValueInChunks(header, header.chunked, this.#store.chunks, snapshot);
    }
    return new InlineValue(header, copyInlineValue(found.bytes, found.length));
  }

  #read<T>(read: (db: Db, snapshot: Snapshot) => T): T {
    const { db, snapshot } = this.#store.snapshotOf(this.name);
    try {
      return read(db, snapshot);
    } finally {
      this.#environment.release(snapshot);
    }
  }

  #write<T>(write: (db: Db) => T): T {
    return this.#store.write(() => write(this.#store.databaseOf(this.name)));
  }
}

/** The places of a record of which only the key is at hand. */
function keyAlone(key: Buffer): Int32Array {
  return Int32Array.of(0, key.length, ELSEWHERE, ELSEWHERE);
}

/** Whether the first of ascending keys, and so each, comes after all that are there. */
function isBeyondLast(db: Db, records: PackedRecords): boolean {
  const [last] = db.getKeys({ reverse: true, limit: 1 });
  return records.count > 0 && (!last || Buffer.compare(keyAt(records, 0), last) > 0);
}

function keyAt({ bytes, places }: PackedRecords, position: number): Buffer {
  return bytes.subarray(places[4 * position], places[4 * position + 1]);
}

/** Whether the value is to be kept in chunks. */
function isLarge({ places }: PackedRecords, position: number): boolean {
  return places[4 * position + 3]! - places[4 * position + 2]! > INLINE_LIMIT_BYTES;
}

/** A header without what only the store knows of the value. */
function metadataOf({ size, version, modified, kind }: Header): Metadata {
  return { size, version, modified, kind };
}

/** The first bytes that come after a key. */
function successorOf(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.of(0)]);
}
