/** The Store port on LMDB: one environment is a store, one named database a bucket. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { absentBucket, KvError } from '../../errors.js';
import type { BucketInfo, Store, StoreBucket, StoreInfo, Upload } from '../store.js';
import { Chunks } from './chunks.js';
import { type Db, pagesOf, statsOf } from './database.js';
import type { Environment, Snapshot } from './environment.js';
import {
  BUCKET_LIMIT,
  type BucketEntry,
  bucketDatabase,
  DATA_FILE,
  decodeBucketEntry,
  encodeBucketEntry,
  FORMAT,
  internalDatabases,
  nameBounds,
  nameKey,
  nameOfKey,
} from './layout.js';
import { LmdbBucket } from './lmdb-bucket.js';
import { LmdbUpload } from './lmdb-upload.js';

/** Begins the name of a bucket in the making: no bucket's name may hold a control character. */
const DRAFT_PREFIX = '\x01';

/** How much of what others have left an opening gives back: about 1 GiB, some tens of ms. */
const RECLAIM_STEPS = 4;

/** LMDB's two meta pages. */
const META_PAGES = 2;

export class LmdbStore implements Store {
  readonly environment: Environment;
  readonly chunks: Chunks;
  /** The bucket that was asked for last, which mostly is the next one. */
  #asked = { name: '', key: nameKey('') };

  constructor(environment: Environment) {
    this.environment = environment;
    this.chunks = new Chunks(environment);
    for (const name of internalDatabases) environment.database(name);
  }

  get path(): string {
    return this.environment.path;
  }

  bucket(name: string): StoreBucket | undefined {
    return this.#find(name) && new LmdbBucket(this, name);
  }

  buckets(): BucketInfo[] {
    return this.bucketNames('').flatMap((name) => {
      try {
        return [this.#describe(name)];
      } catch (error) {
        // Since the names were read another process has dropped it.
        if (error instanceof KvError && error.code === 'no-bucket') return [];
        throw error;
      }
    });
  }

  bucketNames(prefix: string): string[] {
    const names = this.#names();
    return names.filter((name) => name.startsWith(prefix) && !name.startsWith(DRAFT_PREFIX));
  }

  createBucket(name: string): StoreBucket {
    this.transaction(() => this.#create(name, `create bucket "${name}"`));
    return new LmdbBucket(this, name);
  }

  deleteBucket(name: string): void {
    this.write(() => {
      this.clearBucket(name);
      this.environment.dropDatabase(bucketDatabase(this.#existing(name).id));
      this.environment.main.removeSync(nameKey(name));
    });
  }

  renameBucket(name: string, to: string): void {
    this.transaction(() => {
      const entry = this.#existing(name);
      this.#mustBeFree(to, `rename bucket "${name}"`);
      this.environment.main.removeSync(nameKey(name));
      this.environment.main.putSync(nameKey(to), encodeBucketEntry(entry));
    });
  }

  copyBucket(name: string, to: string): void {
    this.transaction(() => {
      this.#existing(name);
      this.#create(to, `copy bucket "${name}"`);
      const source = new LmdbBucket(this, name);
      const target = new LmdbBucket(this, to);
      for (const key of source.keys({})) source.copy(key, target, key);
    });
  }

  clearBucket(name: string): void {
    this.write(() => {
      const db = this.environment.database(bucketDatabase(this.#existing(name).id));
      new LmdbBucket(this, name).releaseChunks();
      db.clearSync();
    });
  }

  createDraft(): string {
    return this.transaction(() => {
      const id = this.environment.nextNumber();
      const name = DRAFT_PREFIX + id;
      this.environment.createDatabase(bucketDatabase(id));
      const entry = encodeBucketEntry({ id, created: Date.now() });
      this.environment.main.putSync(nameKey(name), entry);
      this.chunks.beginUpload(id);
      return name;
    });
  }

  publishDraft(draft: string, name: string): void {
    this.transaction(() => {
      const entry = this.#existing(draft);
      if (this.#find(name)) this.deleteBucket(name);
      this.environment.main.removeSync(nameKey(draft));
      this.environment.main.putSync(nameKey(name), encodeBucketEntry(entry));
      this.chunks.forgetUpload(entry.id);
    });
  }

  discardDraft(draft: string): void {
    this.transaction(() => {
      const { id } = this.#existing(draft);
      this.deleteBucket(draft);
      this.chunks.forgetUpload(id);
    });
  }

  /** Gives back what processes that have ended left unfinished, or some of it. */
  reclaim(): void {
    for (const name of this.#names().filter((name) => name.startsWith(DRAFT_PREFIX))) {
      this.transaction(() => {
        const entry = this.#find(name);
        if (entry && !this.chunks.isUploading(entry.id)) this.discardDraft(name);
      });
    }
    this.chunks.reclaim(RECLAIM_STEPS);
  }

  get inTransaction(): boolean {
    return this.environment.inTransaction;
  }

  upload(): Upload {
    return new LmdbUpload(this);
  }

  transaction<T>(work: () => T): T {
    const result = this.environment.transaction(work);
    this.chunks.reclaim();
    return result;
  }

  async transactionInBackground<T>(work: () => T): Promise<T> {
    const result = await this.environment.transactionInBackground(work);
    this.chunks.reclaim();
    return result;
  }

  async transactionAcross<T>(work: () => Promise<T>): Promise<T> {
    const result = await this.environment.transactionAcross(work);
    this.chunks.reclaim();
    return result;
  }

  async group<T>(work: () => Promise<T>): Promise<T> {
    const result = await this.environment.group(work);
    this.chunks.reclaim();
    return result;
  }

  /** Runs `work` in the transaction under way, or in one of its own. */
  write<T>(work: () => T): T {
    return this.environment.inTransaction ? work() : this.transaction(work);
  }

  info(): StoreInfo {
    const buckets = this.buckets();
    const main = statsOf(this.environment.main);
    const internal = internalDatabases.map((name) => statsOf(this.environment.database(name)));
    const used = [main.root, main.free, ...internal].reduce(
      (sum, stats) => sum + pagesOf(stats),
      0,
    );
    const bucketBytes = buckets.reduce((sum, { bytes }) => sum + bytes, 0);
    // Of the file, not up to the last page: a writer that was killed leaves it longer than that.
    const fileSize = statSync(join(this.path, DATA_FILE)).size;
    const usedBytes = (META_PAGES + used) * main.pageSize + bucketBytes;
    return {
      path: this.path,
      format: FORMAT,
      buckets: buckets.length,
      keys: buckets.reduce((sum, { keys }) => sum + keys, 0),
      fileSize,
      freeSize: Math.max(0, fileSize - usedBytes),
      pageSize: main.pageSize,
      chunkedValues: this.chunks.countValues(),
      uploads: this.chunks.countUploads(),
      readers: main.numReaders,
      lastTransaction: main.lastTxnId,
    };
  }

  async close(): Promise<void> {
    await this.environment.close();
  }

  /** The database that a bucket's name leads to now. Throws `no-bucket`. */
  databaseOf(name: string): Db {
    const { id } = this.#existing(name);
    try {
      return this.environment.database(bucketDatabase(id));
    } catch (error) {
      // Between the two another process may have dropped it, and then its name leads there no more.
      if (this.#find(name)?.id === id) throw error;
      return this.databaseOf(name);
    }
  }

  /** The same of one moment, which is kept until the snapshot is released. */
  snapshotOf(name: string): { db: Db; snapshot: Snapshot } {
    for (;;) {
      // Opened first: a snapshot does not know a database that is opened later.
      const db = this.databaseOf(name);
      const snapshot = this.environment.snapshot();
      const id = this.#find(name, snapshot)?.id ?? 0;
      if (db === this.environment.openDatabase(bucketDatabase(id))) return { db, snapshot };
      // Between the two another process renamed the bucket, or put another in its place.
      this.environment.release(snapshot);
    }
  }

  #describe(name: string): BucketInfo {
    const { db, snapshot } = this.snapshotOf(name);
    try {
      const { created } = this.#existing(name, snapshot);
      const stats = this.environment.reading(() => statsOf(db));
      return { name, created, keys: stats.entryCount, bytes: pagesOf(stats) * stats.pageSize };
    } finally {
      this.environment.release(snapshot);
    }
  }

  #create(name: string, action: string): void {
    this.#mustBeFree(name, action);
    if (this.#names().length >= BUCKET_LIMIT) {
      throw new KvError('full', `cannot ${action}: the store holds its limit of ${BUCKET_LIMIT}`);
    }
    const id = this.environment.nextNumber();
    this.environment.createDatabase(bucketDatabase(id));
    const entry = encodeBucketEntry({ id, created: Date.now() });
    this.environment.main.putSync(nameKey(name), entry);
  }

  #mustBeFree(name: string, action: string): void {
    if (this.#find(name) === undefined) return;
    throw new KvError('bucket-exists', `cannot ${action}: there is a bucket "${name}" already`);
  }

  #existing(name: string, snapshot?: Snapshot): BucketEntry {
    const entry = this.#find(name, snapshot);
    if (entry) return entry;
    throw absentBucket(name);
  }

  #find(name: string, snapshot?: Snapshot): BucketEntry | undefined {
    if (snapshot === undefined) this.environment.refresh();
    if (name !== this.#asked.name) this.#asked = { name, key: nameKey(name) };
    const found = this.environment.read(this.environment.main, this.#asked.key, snapshot);
    return found && decodeBucketEntry(found.bytes);
  }

  #names(): string[] {
    this.environment.refresh();
    return this.environment.reading(() =>
      [...this.environment.main.getKeys(nameBounds)].map(nameOfKey),
    );
  }
}
