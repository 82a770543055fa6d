/**
 * The Store port in memory: the second implementation, which keeps the port honest, and the store
 * of tests and of reads where no store has been made yet. Nothing of it outlives the process.
 */
import { absentBucket, KvError } from '../../errors.js';
import type {
  BucketInfo,
  Entry,
  Existing,
  KeyRange,
  Metadata,
  PackedRecords,
  Store,
  StoreBucket,
  StoredRecords,
  StoredValue,
  StoreInfo,
  Upload,
  Version,
} from '../store.js';

/** Values are never changed in place, so a record that was read is its own snapshot. */
interface MemoryRecord {
  readonly value: Uint8Array;
  readonly version: Version;
  readonly modified: number;
}

interface MemoryContent {
  readonly created: number;
  readonly records: Map<string, MemoryRecord>;
}

export class MemoryStore implements Store {
  readonly path = ':memory:';
  inTransaction = false;
  #buckets = new Map<string, MemoryContent>();
  #version = 0;
  #transactions = 0;

  bucket(name: string): StoreBucket | undefined {
    return this.#buckets.has(name) ? new MemoryBucket(this, name) : undefined;
  }

  buckets(): BucketInfo[] {
    return this.bucketNames('').map((name) => {
      const { created, records } = this.content(name);
      let bytes = 0;
      for (const [key, { value }] of records) bytes += Buffer.byteLength(key) + value.length;
      return { name, created, keys: records.size, bytes };
    });
  }

  bucketNames(prefix: string): string[] {
    const names = sorted(this.#buckets.keys());
    return names.filter((name) => name.startsWith(prefix) && !name.startsWith('\x01'));
  }

  createBucket(name: string): StoreBucket {
    this.#mustBeFree(name, `create bucket "${name}"`);
    this.#buckets.set(name, { created: Date.now(), records: new Map() });
    return new MemoryBucket(this, name);
  }

  deleteBucket(name: string): void {
    this.content(name);
    this.#buckets.delete(name);
  }

  renameBucket(name: string, to: string): void {
    const content = this.content(name);
    this.#mustBeFree(to, `rename bucket "${name}"`);
    this.#buckets.delete(name);
    this.#buckets.set(to, content);
  }

  copyBucket(name: string, to: string): void {
    const { records } = this.content(name);
    this.#mustBeFree(to, `copy bucket "${name}"`);
    this.#buckets.set(to, { created: Date.now(), records: new Map() });
    const target = this.content(to).records;
    for (const [key, { value }] of records) target.set(key, this.record(value));
  }

  clearBucket(name: string): void {
    this.content(name).records.clear();
  }

  createDraft(): string {
    const name = `\x01${++this.#version}`;
    this.createBucket(name);
    return name;
  }

  publishDraft(draft: string, name: string): void {
    this.#buckets.delete(name);
    this.renameBucket(draft, name);
  }

  discardDraft(draft: string): void {
    this.deleteBucket(draft);
  }

  upload(): Upload {
    return new MemoryUpload();
  }

  transaction<T>(work: () => T): T {
    const before = this.#copy();
    try {
      const result = work();
      this.#transactions++;
      return result;
    } catch (thrown) {
      this.#buckets = before;
      throw thrown;
    }
  }

  info(): StoreInfo {
    const buckets = this.buckets();
    return {
      path: this.path,
      format: 0,
      buckets: buckets.length,
      keys: buckets.reduce((sum, { keys }) => sum + keys, 0),
      fileSize: 0,
      freeSize: 0,
      pageSize: 0,
      chunkedValues: 0,
      uploads: 0,
      readers: 0,
      lastTransaction: this.#transactions,
    };
  }

  async transactionInBackground<T>(work: () => T): Promise<T> {
    return this.transaction(work);
  }

  async group<T>(work: () => Promise<T>): Promise<T> {
    return this.transactionAcross(work);
  }

  async transactionAcross<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#copy();
    const { inTransaction } = this;
    this.inTransaction = true;
    try {
      const result = await work();
      this.#transactions++;
      return result;
    } catch (thrown) {
      this.#buckets = before;
      throw thrown;
    } finally {
      this.inTransaction = inTransaction;
    }
  }

  async close(): Promise<void> {}

  /** The content of a bucket. Throws `no-bucket`. */
  content(name: string): MemoryContent {
    const content = this.#buckets.get(name);
    if (content !== undefined) return content;
    throw absentBucket(name);
  }

  /** A new record of these bytes, which must never change. */
  record(value: Uint8Array): MemoryRecord {
    return { value, version: ++this.#version, modified: Date.now() };
  }

  #copy(): Map<string, MemoryContent> {
    const copy = [...this.#buckets].map(
      ([name, { created, records }]) => [name, { created, records: new Map(records) }] as const,
    );
    return new Map(copy);
  }

  #mustBeFree(name: string, action: string): void {
    if (!this.#buckets.has(name)) return;
    throw new KvError('bucket-exists', `cannot ${action}: there is a bucket "${name}" already`);
  }
}

class MemoryBucket implements StoreBucket {
  readonly store: MemoryStore;
  readonly name: string;

  constructor(store: MemoryStore, name: string) {
    this.store = store;
    this.name = name;
  }

  get(key: string): StoredValue | undefined {
    const record = this.#records.get(key);
    return record && new MemoryValue(record);
  }

  getMany(keys: readonly string[]): (StoredValue | undefined)[] {
    return keys.map((key) => this.get(key));
  }

  stat(key: string): Metadata | undefined {
    const record = this.#records.get(key);
    return record && metadataOf(record);
  }

  delete(key: string): boolean {
    return this.#records.delete(key);
  }

  copy(key: string, target: StoreBucket, targetKey: string): boolean {
    const record = this.#records.get(key);
    if (record === undefined) return false;
    this.put(target, targetKey, record.value);
    return true;
  }

  *keys(range: KeyRange): Generator<string> {
    const keys = sorted(this.#records.keys()).filter((key) => isWithin(Buffer.from(key), range));
    yield* range.reverse ? keys.reverse() : keys;
  }

  *entries(range: KeyRange): Generator<Entry> {
    const snapshot = new Map(this.#records);
    for (const key of this.keys(range)) yield { key, ...metadataOf(snapshot.get(key)!) };
  }

  *records(range: KeyRange): Generator<StoredRecords> {
    const snapshot = new Map(this.#records);
    for (const key of this.keys(range)) {
      const record = snapshot.get(key)!;
      const keyBytes = Buffer.from(key);
      const bytes = Buffer.concat([keyBytes, record.value]);
      const places = Int32Array.of(0, keyBytes.length, keyBytes.length, bytes.length);
      yield { count: 1, bytes, places, value: () => new MemoryValue(record) };
    }
  }

  count(): number {
    return this.#records.size;
  }

  scatterLimit(): number {
    return Number.POSITIVE_INFINITY;
  }

  load(records: PackedRecords, existing: Existing): number[] {
    const refused: number[] = [];
    for (let position = 0; position < records.count; position++) {
      const place = (which: number) => records.places[4 * position + which];
      const key = records.bytes.toString('utf8', place(0), place(1));
      const value = new Uint8Array(records.bytes.subarray(place(2), place(3)));
      if (existing === 'overwrite' || !this.#records.has(key)) this.put(this, key, value);
      else refused.push(position);
      if (existing === 'stop' && refused.length > 0) break;
    }
    return refused;
  }

  put(target: StoreBucket, key: string, value: Uint8Array): Version {
    const record = this.store.record(value);
    this.store.content(target.name).records.set(key, record);
    return record.version;
  }

  get #records(): Map<string, MemoryRecord> {
    return this.store.content(this.name).records;
  }
}

class MemoryValue implements StoredValue {
  readonly kind = 'inline';
  readonly size: number;
  readonly version: Version;
  readonly modified: number;
  readonly #value: Uint8Array;

  constructor({ value, version, modified }: MemoryRecord) {
    this.#value = value;
    this.size = value.length;
    this.version = version;
    this.modified = modified;
  }

  read(position: number, length: number): Uint8Array {
    return new Uint8Array(this.#value.subarray(position, position + length));
  }

  close(): void {}
}

class MemoryUpload implements Upload {
  #pieces: Uint8Array[] | undefined = [];
  size = 0;

  append(bytes: Uint8Array): void {
    this.#open.push(new Uint8Array(bytes));
    this.size += bytes.length;
  }

  store(bucket: StoreBucket, key: string): Version {
    return (bucket as MemoryBucket).put(bucket, key, Buffer.concat(this.#open));
  }

  close(): void {
    this.#pieces = undefined;
  }

  get #open(): Uint8Array[] {
    if (this.#pieces === undefined) throw new Error('an upload was used after it was closed');
    return this.#pieces;
  }
}

function metadataOf({ value, version, modified }: MemoryRecord): Metadata {
  return { size: value.length, version, modified, kind: 'inline' };
}

function sorted(names: Iterable<string>): string[] {
  return [...names]
    .map((name) => Buffer.from(name))
    .sort(Buffer.compare)
    .map((bytes) => bytes.toString());
}

function isWithin(key: Buffer, { lower, upper }: KeyRange): boolean {
  if (lower && Buffer.compare(key, lower) < 0) return false;
  return !upper || Buffer.compare(key, upper) < 0;
}
