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
import { inTurns, nextTurn } from '../turns.js';
import type { StoreWatch, WatchOptions } from '../watch.js';
import { Catalogue } from './catalogue.js';
import { Chunks } from './chunks.js';
import type { Environment } from './environment.js';
import { ExpiryIndex } from './expiry-index.js';
import { bucketDatabase, bucketIdOf, internalDatabases } from './layout.js';
import { LmdbBucket } from './lmdb-bucket.js';
import { LmdbUpload } from './lmdb-upload.js';
import type { Parts } from './parts.js';
import { SeenPages } from './seen-pages.js';
import { SoundStretches } from './sound-stretch.js';
import { storeFacts } from './store-facts.js';
import { sweepAll, sweepSome } from './sweep.js';
import { Transactions } from './transactions.js';
import { LmdbWatch } from './watch/lmdb-watch.js';
import { clearRecords, copyRecords } from './whole-buckets.js';

/** Begins the name of a bucket in the making: no bucket's name may hold a control character. */
const DRAFT_PREFIX = '\x01';

/** How much of abandoned uploads an opening frees: about 1 GiB, some tens of ms. */
const RECLAIM_STEPS = 4;

export class LmdbStore implements Store {
  readonly supports: ReadonlySet<Capability> = new Set([
    'snapshots',
    'transactions',
    'drafts',
    'watch',
  ]);
  readonly #parts: Parts;

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
    for (const name of internalDatabases) environment.database(name);
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
        // Since the names were read another process has dropped it.
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
    const { entries, pages } = environment.sizeOf(db);
    const keys = entries - expiredOf(bucketIdOf(db.name)!);
    return { name, created, keys, bytes: pages * environment.file.pageSize };
  }

  /** How many records of a bucket have expired, by a reading of the index that serves as long as nobody commits. */
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
    return names.filter((name) => name.startsWith(prefix) && !name.startsWith(DRAFT_PREFIX));
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
    await this.#inSteps((isUntouched) => this.#deleted(name, isUntouched), options);
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
    await this.#inSteps((isUntouched) => this.#copied(name, to, isUntouched), options);
  }

  async clearBucket(name: string, options?: WorkOptions): Promise<void> {
    const parts = this.#parts;
    await this.#inSteps(
      (isUntouched) => clearRecords(parts, { bucket: name, isUntouched }),
      options,
    );
  }

  createDraft(): string {
    const { catalogue, chunks, environment, transactions } = this.#parts;
    return transactions.run(() => {
      const id = environment.writes.nextNumber();
      const name = DRAFT_PREFIX + id;
      environment.createDatabase(bucketDatabase(id));
      catalogue.set(name, { id, created: Date.now() });
      chunks.beginUpload(id);
      return name;
    });
  }

  async publishDraft(draft: string, name: string, options?: WorkOptions): Promise<void> {
    await this.#inSteps((isUntouched) => this.#published(draft, name, isUntouched), options);
  }

  async discardDraft(draft: string, options?: WorkOptions): Promise<void> {
    await this.#inSteps((isUntouched) => this.#discarded(draft, isUntouched), options);
  }

  /**
   * Gives back what processes that have ended left unfinished, or some of it; not while another process
   * writes, for which whoever has come to read would have to wait.
   */
  reclaim(): void {
    if (!this.#parts.environment.writes.othersWrite) this.#reclaimLeft(RECLAIM_STEPS);
  }

  async collectGarbage({ signal, progress }: WorkOptions = {}): Promise<Collected> {
    const { chunks, environment } = this.#parts;
    const damaged: KvError[] = [];
    let expired = 0;
    signal?.throwIfAborted();
    for await (const swept of sweepAll(this.#parts, damaged, signal)) {
      chunks.reclaim();
      expired += swept;
      progress?.(expired);
    }
    environment.refresh();
    const before = chunks.countUploads();
    for (const draft of this.#drafts()) {
      try {
        await this.#inSteps(() => this.#abandoned(draft), { signal });
      } catch (error) {
        if (!(error instanceof KvError && error.code === 'damaged')) throw error;
        damaged.push(error);
      }
    }
    const known = new Map<string, KvError>();
    for (let isMore = true; isMore; ) {
      await environment.writes.writersDone(signal);
      environment.refresh();
      isMore = chunks.reclaimStep((error) => known.set(error.message, error));
      await nextTurn();
      signal?.throwIfAborted();
    }
    environment.refresh();
    const uploads = before - chunks.countUploads();
    return { expired, uploads, damaged: [...damaged, ...known.values()] };
  }

  #reclaimLeft(steps: number): void {
    const { chunks, transactions } = this.#parts;
    for (const draft of this.#drafts()) {
      transactions.run(() => {
        for (const _ of this.#abandoned(draft)) {
          // Step by step to the end.
        }
      });
    }
    chunks.reclaim(steps);
  }

  #drafts(): string[] {
    return this.#parts.catalogue.names().filter((name) => name.startsWith(DRAFT_PREFIX));
  }

  /** Discards a draft whose process has ended; nothing of one that lives, or has gone. */
  *#abandoned(draft: string): Generator<number> {
    const { catalogue, chunks } = this.#parts;
    const entry = catalogue.find(draft);
    if (entry && !chunks.isUploading(entry.id)) yield* this.#discarded(draft, true);
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

  /** One transaction of work that lasts. */
  async #inSteps(
    work: (isUntouched: boolean) => Iterable<number>,
    options: WorkOptions = {},
  ): Promise<void> {
    const isUntouched = !this.inTransaction;
    await this.#parts.transactions.runAsync(
      () => inTurns(work(isUntouched), options),
      options.signal,
    );
  }

  *#copied(name: string, to: string, isUntouched: boolean): Generator<number> {
    const { catalogue } = this.#parts;
    const action = `copy bucket "${name}"`;
    catalogue.entryOf(name);
    catalogue.mustBeFree(to, action);
    catalogue.create(to, action);
    yield* copyRecords(this.#parts, { bucket: name, isUntouched }, to);
  }

  *#deleted(name: string, isUntouched: boolean): Generator<number> {
    const { catalogue, environment } = this.#parts;
    yield* clearRecords(this.#parts, { bucket: name, isUntouched });
    environment.dropDatabase(bucketDatabase(catalogue.entryOf(name).id));
    catalogue.remove(name);
  }

  *#published(draft: string, name: string, isUntouched: boolean): Generator<number> {
    const { catalogue, chunks } = this.#parts;
    const entry = catalogue.entryOf(draft);
    if (catalogue.find(name)) yield* this.#deleted(name, isUntouched);
    catalogue.remove(draft);
    catalogue.set(name, entry);
    chunks.forgetUpload(entry.id);
  }

  *#discarded(draft: string, isUntouched: boolean): Generator<number> {
    const { id } = this.#parts.catalogue.entryOf(draft);
    yield* this.#deleted(draft, isUntouched);
    this.#parts.chunks.forgetUpload(id);
  }
}
