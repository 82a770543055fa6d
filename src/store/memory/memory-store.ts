/**
 * The Store port in memory: a simple implementation, which keeps the port honest, and the store of
 * tests and of reads before a store has been made. It does not outlive the process.
 */
import { KvError } from '../../errors.js';
import { isExpired, type Milliseconds } from '../record.js';
import { nothingShared, type SharedWrites } from '../shared-writes.js';
import type {
  BucketInfo,
  Capability,
  Collected,
  Fact,
  Store,
  StoreBucket,
  Upload,
  WorkOptions,
} from '../store.js';
import { inTurns } from '../turns.js';
import type { StoreWatch, WatchOptions } from '../watch.js';
import { MemoryBucket } from './memory-bucket.js';
import { type MemoryRecord, MemoryState } from './memory-state.js';
import { MemoryUpload } from './memory-upload.js';
import { MemoryWatch } from './memory-watch.js';
import { sorted } from './sorted.js';

/** The prefix of a draft's name: a bucket's name contains no control characters. */
const DRAFT_PREFIX = '\x01';

export class MemoryStore implements Store {
  readonly path = ':memory:';
  readonly supports: ReadonlySet<Capability> = new Set([
    'snapshots',
    'transactions',
    'drafts',
    'watch',
  ]);
  readonly #state: MemoryState;

  /** `now` is the clock for expiry. */
  constructor(now?: () => Milliseconds) {
    this.#state = new MemoryState(now);
  }

  bucket(name: string): StoreBucket | undefined {
    return this.#state.buckets.has(name) ? new MemoryBucket(this.#state, name) : undefined;
  }

  buckets(): BucketInfo[] {
    return this.bucketNames('').map((name) => this.bucketInfo(name));
  }

  bucketInfo(name: string): BucketInfo {
    const { created } = this.#state.content(name);
    const records = this.#state.records(name);
    let bytes = 0;
    for (const [key, { value }] of records) bytes += Buffer.byteLength(key) + value.length;
    return { name, created, keys: records.size, bytes };
  }

  bucketNames(prefix: string): string[] {
    const names = sorted(this.#state.buckets.keys());
    return names.filter((name) => name.startsWith(prefix) && !name.startsWith(DRAFT_PREFIX));
  }

  createBucket(name: string): StoreBucket {
    this.#mustBeFree(name, `create bucket "${name}"`);
    return this.ensureBucket(name);
  }

  ensureBucket(name: string): StoreBucket {
    const { buckets } = this.#state;
    if (!buckets.has(name)) buckets.set(name, { created: Date.now(), records: new Map() });
    return new MemoryBucket(this.#state, name);
  }

  async deleteBucket(name: string, { signal }: WorkOptions = {}): Promise<void> {
    this.#state.content(name);
    signal?.throwIfAborted();
    this.#state.buckets.delete(name);
  }

  renameBucket(name: string, to: string): void {
    const content = this.#state.content(name);
    this.#mustBeFree(to, `rename bucket "${name}"`);
    this.#state.buckets.delete(name);
    this.#state.buckets.set(to, content);
  }

  async copyBucket(name: string, to: string, options?: WorkOptions): Promise<void> {
    await this.#state.transaction(async () => {
      const records = this.#state.records(name);
      this.#mustBeFree(to, `copy bucket "${name}"`);
      this.ensureBucket(to);
      await inTurns(this.#copied(records, to), options);
    });
  }

  async clearBucket(name: string, { signal }: WorkOptions = {}): Promise<void> {
    const { records } = this.#state.content(name);
    signal?.throwIfAborted();
    records.clear();
  }

  createDraft(): string {
    const name = `${DRAFT_PREFIX}${this.#state.nextNumber()}`;
    this.ensureBucket(name);
    return name;
  }

  async publishDraft(draft: string, name: string, { signal }: WorkOptions = {}): Promise<void> {
    const content = this.#state.content(draft);
    signal?.throwIfAborted();
    this.#state.buckets.delete(draft);
    this.#state.buckets.set(name, content);
  }

  async discardDraft(draft: string): Promise<void> {
    await this.deleteBucket(draft);
  }

  upload(): Upload {
    return new MemoryUpload(this.#state);
  }

  get inTransaction(): boolean {
    return this.#state.inTransaction;
  }

  transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.#state.transaction(work);
  }

  group<T>(work: () => Promise<T>): Promise<T> {
    return this.#state.group(work);
  }

  shareWrites(): SharedWrites {
    return nothingShared;
  }

  writersDone(): Promise<void> {
    return this.#state.writersDone();
  }

  async collectGarbage({ signal }: WorkOptions = {}): Promise<Collected> {
    signal?.throwIfAborted();
    const { moment, buckets } = this.#state;
    let expired = 0;
    for (const { records } of buckets.values()) {
      for (const [key, record] of records) {
        if (isExpired(record, moment) && records.delete(key)) expired++;
      }
    }
    return { expired, uploads: 0, damaged: [] };
  }

  watch(bucket: string, options: WatchOptions): StoreWatch {
    return new MemoryWatch(this.#state, bucket, options);
  }

  info(): Fact[] {
    const buckets = this.buckets();
    return [
      { name: 'path', value: this.path },
      { name: 'buckets', value: buckets.length },
      { name: 'keys', value: buckets.reduce((sum, { keys }) => sum + keys, 0) },
      { name: 'lastTransaction', value: this.#state.committed },
    ];
  }

  async close(): Promise<void> {}

  *#copied(records: ReadonlyMap<string, MemoryRecord>, to: string): Generator<number> {
    for (const [key, { value, expires }] of records) {
      this.#state.set(to, key, value, expires);
      yield 1;
    }
  }

  #mustBeFree(name: string, action: string): void {
    if (!this.#state.buckets.has(name)) return;
    throw new KvError('bucket-exists', `cannot ${action}: there is a bucket "${name}" already`);
  }
}
