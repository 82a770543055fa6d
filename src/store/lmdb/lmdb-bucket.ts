/** One bucket: a named database, found again by its name at each call. */
import type { Entry, KeyRange, Metadata, StoreBucket, StoredValue, Version } from '../store.js';
import { type Db, statsOf } from './database.js';
import type { Environment, Snapshot } from './environment.js';
import {
  type ChunkedValue,
  copyInlineValue,
  decodeHeader,
  encodeChunked,
  encodeInline,
  type Header,
  type Stamp,
} from './layout.js';
import type { LmdbStore } from './lmdb-store.js';
import { InlineValue, ValueInChunks } from './stored-value.js';

/** Keys read at a time while listing. Between two pages the caller may write. */
const PAGE_KEYS = 1000;

/** The longest key that LMDB takes, in bytes. */
const KEY_LIMIT_BYTES = 1978;

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
    for (const { page } of this.#pages(range)) {
      for (const key of page) yield key.toString();
    }
  }

  *entries(range: KeyRange): Generator<Entry> {
    for (const { db, snapshot, page } of this.#pages(range)) {
      for (const key of page) {
        const header = this.#header(db, key, snapshot);
        if (header) yield { key: key.toString(), ...metadataOf(header) };
      }
    }
  }

  count(): number {
    return this.#read((db) => this.#environment.reading(() => statsOf(db).entryCount));
  }

  *#pages(range: KeyRange): Generator<{ db: Db; snapshot: Snapshot; page: Buffer[] }> {
    const { db, snapshot } = this.#store.snapshotOf(this.name);
    try {
      let rest: KeyRange = range;
      for (;;) {
        const page = this.#page(db, rest, snapshot);
        yield { db, snapshot, page };
        if (page.length < PAGE_KEYS) return;
        const last = page.at(-1)!;
        rest = range.reverse ? { ...range, upper: last } : { ...range, lower: successorOf(last) };
      }
    } finally {
      this.#environment.release(snapshot);
    }
  }

  #page(db: Db, { lower, upper, reverse = false }: KeyRange, snapshot: Snapshot): Buffer[] {
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
      limit: PAGE_KEYS,
      ...(snapshot && { transaction: snapshot }),
    };
    const page = this.#environment.reading(() => [...db.getKeys(options)]);
    if (!reverse || lower === undefined) return page;
    const beyond = page.findIndex((key) => Buffer.compare(key, lower) < 0);
    return beyond === -1 ? page : page.slice(0, beyond);
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

/** A header without what only the store knows of the value. */
function metadataOf({ size, version, modified, kind }: Header): Metadata {
  return { size, version, modified, kind };
}

/** The first bytes that come after a key. */
function successorOf(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.of(0)]);
}
