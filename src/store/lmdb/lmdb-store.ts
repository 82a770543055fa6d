/** The Store port on LMDB: one environment is a store, one named database a bucket. */
import { KvError } from '../../errors.js';
import type { Pace, SharedWrites } from '../shared-writes.js';
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
import { Catalogue } from './catalogue.js';
import { Chunks } from './chunks.js';
import { createDraft, discardDraft, isDraft, publishDraft } from './drafts.js';
import type { Environment } from './environment.js';
import { ExpiryIndex } from './expiry-index.js';
import { collectGarbage, reclaimSome } from './garbage.js';
import { bucketIdOf, internalDatabases } from './layout.js';
import { LmdbBucket } from './lmdb-bucket.js';
import { LmdbUpload } from './lmdb-upload.js';
import type { Parts } from './parts.js';
import { SeenPages } from './seen-pages.js';
import { SoundStretches } from './sound-stretch.js';
import { storeFacts } from './store-facts.js';
import { sweepSome } from './sweep.js';
import { Transactions } from './transactions.js';
import { LmdbWatch } from './watch/lmdb-watch.js';
import { clearRecords, copyBucket, deleteBucket, type Original } from './whole-buckets.js';

export class LmdbStore implements Store {
  readonly supports: ReadonlySet<Capability> = new Set([
    'snapshots',
    'transactions',
    'drafts',
    'watch',
  ]);
  readonly #parts: Parts;
  /** Uploads that `reclaim` has removed, and `collectGarbage` has not told of. */
  #reclaimed = 0;

  constructor(environment: Environment) {
    const chunks = new Chunks(environment);
    this.#parts = {
      environment,
      chunks,
      catalogue: new Catalogue(environment),
      expiry: new ExpiryIndex(environment),
      transactions: new Transactions(environment, chunks, () => sweepSome(this.#parts)),
      seen: new SeenPages(environment),
      stretches: new SoundStretches(),
    };
    for (const name of internalDatabases) environment.databases.get(name);
  }

  get path(): string {
    return this.#parts.environment.path;
  }

  bucket(name: string): StoreBucket | undefined {
    return this.#parts.catalogue.find(name) && new LmdbBucket(this.#parts, name);
  }

  buckets(): BucketInfo[] {
    const expiredOf = this.#expiredOfEach();
    return this.bucketNames('').flatMap((name) => {
      try {
        return [this.#bucketInfo(name, expiredOf)];
      } catch (error) {
        // Another process has dropped it since the names were read.
        if (error instanceof KvError && error.code === 'no-bucket') return [];
        throw error;
      }
    });
  }

  bucketInfo(name: string): BucketInfo {
    return this.#bucketInfo(name, this.#expiredOfEach());
  }

  #bucketInfo(name: string, expiredOf: (bucketId: number) => number): BucketInfo {
    const { catalogue, environment } = this.#parts;
    const { db, created } = catalogue.open(name);
    const { entries, pages } = environment.databases.sizeOf(db);
    const keys = entries - expiredOf(bucketIdOf(db.name)!);
    return { name, created, keys, bytes: pages * environment.file.pageSize };
  }

  /**
   * The number of expired records of each bucket, from one reading of the index that is reused
   * until somebody commits.
   */
  #expiredOfEach(): (bucketId: number) => number {
    const { environment, expiry } = this.#parts;
    const { moment } = environment.writes;
    let counts: ReadonlyMap<number, number> | undefined;
    let last: number | undefined;
    return (bucketId) => {
      const state = environment.inTransaction ? 0 : environment.stateOfReads;
      if (counts === undefined || state === undefined || state !== last) {
        counts = expiry.countsExpired(moment);
      }
      last = state;
      return counts.get(bucketId) ?? 0;
    };
  }

  bucketNames(prefix: string): string[] {
    const names = this.#parts.catalogue.soundNames();
    return names.filter((name) => name.startsWith(prefix) && !isDraft(name));
  }

  createBucket(name: string): StoreBucket {
    const { catalogue, transactions } = this.#parts;
    const action = `create bucket "${name}"`;
    transactions.run(() => {
      catalogue.mustBeFree(name, action);
      catalogue.create(name, action);
    });
    return new LmdbBucket(this.#parts, name);
  }

  ensureBucket(name: string): StoreBucket {
    const { catalogue, transactions } = this.#parts;
    if (catalogue.find(name) === undefined) {
      transactions.run(() => {
        if (catalogue.find(name)) return;
        catalogue.create(name, `create bucket "${name}"`);
      });
    }
    return new LmdbBucket(this.#parts, name);
  }

  async deleteBucket(name: string, options?: WorkOptions): Promise<void> {
    const work = (original: Original) => deleteBucket(this.#parts, original);
    await this.#deleting(() => this.#inSteps(name, work, options));
  }

  renameBucket(name: string, to: string): void {
    const { catalogue, transactions } = this.#parts;
    transactions.run(() => {
      const entry = catalogue.entryOf(name);
      catalogue.mustBeFree(to, `rename bucket "${name}"`);
      catalogue.remove(name);
      catalogue.set(to, entry);
    });
  }

  async copyBucket(name: string, to: string, options?: WorkOptions): Promise<void> {
    await this.#inSteps(name, (original) => copyBucket(this.#parts, original, to), options);
  }

  async clearBucket(name: string, options?: WorkOptions): Promise<void> {
    const work = (original: Original) => clearRecords(this.#parts, original);
    await this.#deleting(() => this.#inSteps(name, work, options));
  }

  createDraft(): string {
    return createDraft(this.#parts);
  }

  async publishDraft(draft: string, name: string, options?: WorkOptions): Promise<void> {
    await this.#inSteps(draft, (original) => publishDraft(this.#parts, original, name), options);
  }

  async discardDraft(draft: string, options?: WorkOptions): Promise<void> {
    const work = (original: Original) => discardDraft(this.#parts, original);
    await this.#deleting(() => this.#inSteps(draft, work, options));
  }

  /**
   * Removes what ended processes have left, or some of it; not while another process writes, since
   * a reader would have to wait for that.
   */
  reclaim(): void {
    if (!this.#parts.environment.writes.othersWrite) this.#reclaimed += reclaimSome(this.#parts);
  }

  async collectGarbage(options: WorkOptions = {}): Promise<Collected> {
    const collected = await this.#deleting(() => collectGarbage(this.#parts, options));
    const uploads = collected.uploads + this.#reclaimed;
    this.#reclaimed = 0;
    return { ...collected, uploads };
  }

  upload(): Upload {
    return new LmdbUpload(this.#parts);
  }

  get inTransaction(): boolean {
    return this.#parts.environment.inTransaction;
  }

  async transaction<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#parts.transactions.runAsync(work, signal);
  }

  async group<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#parts.transactions.group(work, signal);
  }

  shareWrites(pace: Pace): SharedWrites {
    return this.#parts.transactions.share(pace);
  }

  async writersDone(signal?: AbortSignal): Promise<void> {
    await this.#parts.environment.writes.writersDone(signal);
  }

  watch(bucket: string, options: WatchOptions): StoreWatch {
    return new LmdbWatch(this.#parts, bucket, options);
  }

  info(): Fact[] {
    return storeFacts(this.#parts, this.buckets());
  }

  async close(): Promise<void> {
    await this.#parts.environment.close();
  }

  #deleting<T>(work: () => T): T {
    return this.#parts.environment.writes.deleting(work);
  }

  /** Runs long work on a bucket in one transaction. */
  async #inSteps(
    bucket: string,
    work: (original: Original) => Iterable<number>,
    options: WorkOptions = {},
  ): Promise<void> {
    const isUntouched = !this.inTransaction;
    await this.#parts.transactions.runAsync(
      () => inTurns(work({ bucket, isUntouched }), options),
      options.signal,
    );
  }
}
