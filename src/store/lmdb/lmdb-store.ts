/** The Store port on LMDB: one environment is a store, one named database a bucket. */
import { KvError } from '../../errors.js';
import type {
  BucketInfo,
  Capability,
  Fact,
  Store,
  StoreBucket,
  Upload,
  WorkOptions,
} from '../store.js';
import { inTurns } from '../turns.js';
import { Catalogue } from './catalogue.js';
import { Chunks } from './chunks.js';
import { pagesOf, statsOf } from './database.js';
import type { Environment } from './environment.js';
import { bucketDatabase, internalDatabases } from './layout.js';
import { LmdbBucket } from './lmdb-bucket.js';
import { LmdbUpload } from './lmdb-upload.js';
import type { Parts } from './parts.js';
import { storeFacts } from './store-facts.js';
import { Transactions } from './transactions.js';
import { clearRecords, copyRecords } from './whole-buckets.js';

/** Begins the name of a bucket in the making: no bucket's name may hold a control character. */
const DRAFT_PREFIX = '\x01';

/** How much of abandoned uploads an opening frees: about 1 GiB, some tens of ms. */
const RECLAIM_STEPS = 4;

export class LmdbStore implements Store {
  readonly supports: ReadonlySet<Capability> = new Set(['snapshots', 'transactions', 'drafts']);
  readonly #parts: Parts;

  constructor(environment: Environment) {
    const chunks = new Chunks(environment);
    this.#parts = {
      environment,
      chunks,
      catalogue: new Catalogue(environment),
      transactions: new Transactions(environment, chunks),
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
    return this.bucketNames('').flatMap((name) => {
      try {
        return [this.bucketInfo(name)];
      } catch (error) {
        // Since the names were read another process has dropped it.
        if (error instanceof KvError && error.code === 'no-bucket') return [];
        throw error;
      }
    });
  }

  bucketInfo(name: string): BucketInfo {
    const { catalogue, environment } = this.#parts;
    const { db, created } = catalogue.open(name);
    const stats = environment.reading(() => statsOf(db));
    return { name, created, keys: stats.entryCount, bytes: pagesOf(stats) * stats.pageSize };
  }

  bucketNames(prefix: string): string[] {
    const names = this.#parts.catalogue.names();
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

  /** Gives back what processes that have ended left unfinished, or some of it. */
  reclaim(): void {
    const { catalogue, chunks, transactions } = this.#parts;
    for (const name of catalogue.names().filter((name) => name.startsWith(DRAFT_PREFIX))) {
      transactions.run(() => {
        const entry = catalogue.find(name);
        if (!entry || chunks.isUploading(entry.id)) return;
        for (const _ of this.#discarded(name, true)) {
          // Step by step to the end.
        }
      });
    }
    chunks.reclaim(RECLAIM_STEPS);
  }

  upload(): Upload {
    return new LmdbUpload(this.#parts);
  }

  get inTransaction(): boolean {
    return this.#parts.environment.inTransaction;
  }

  transaction<T>(work: () => T): T {
    return this.#parts.transactions.run(work);
  }

  async asyncTransaction<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#parts.transactions.runAsync(work, signal);
  }

  async group<T>(work: () => Promise<T>): Promise<T> {
    return this.#parts.transactions.group(work);
  }

  async writersDone(signal?: AbortSignal): Promise<void> {
    await this.#parts.environment.writes.writersDone(signal);
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
