/** The names of a store's buckets, and the databases that they lead to. */
import { absentBucket, KvError } from '../../errors.js';
import type { Milliseconds } from '../record.js';
import type { Db } from './database.js';
import type { Environment } from './environment.js';
import {
  BUCKET_LIMIT,
  type BucketEntry,
  bucketDatabase,
  decodeBucketEntry,
  encodeBucketEntry,
  nameBounds,
  nameKey,
  nameOfKey,
} from './layout.js';

export class Catalogue {
  readonly #environment: Environment;
  /** The name that was asked for last, which mostly is the next one. */
  #asked = { name: '', key: nameKey('') };

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Where a name leads; undefined where there is no such bucket. */
  find(name: string): BucketEntry | undefined {
    this.#environment.refresh();
    return this.#find(name);
  }

  /** The same. Throws `no-bucket`. */
  entryOf(name: string): BucketEntry {
    const entry = this.find(name);
    if (entry) return entry;
    throw absentBucket(name);
  }

  /**
   * The database that a name leads to. The reads that follow see the moment in which it does, as
   * long as nothing calls `refresh` and the event loop does not turn. Throws `no-bucket`.
   */
  databaseOf(name: string): Db {
    return this.open(name).db;
  }

  /** The same, and when the bucket was created. */
  open(name: string): { db: Db; created: Milliseconds } {
    for (;;) {
      const { id, created } = this.entryOf(name);
      const database = bucketDatabase(id);
      const db = this.#environment.openDatabase(database);
      if (db) return { db, created };
      // That moment does not know a database that is opened later, so there must be another one.
      try {
        this.#environment.database(database);
      } catch (error) {
        // Another process may have dropped it meanwhile, and then its name leads there no more.
        if (this.find(name)?.id === id) throw error;
      }
    }
  }

  /** Every name, in byte order, with those of drafts. */
  names(): string[] {
    const { main } = this.#environment;
    this.#environment.refresh();
    return this.#environment.reading(() => [...main.getKeys(nameBounds)].map(nameOfKey));
  }

  /** Makes a name lead to a bucket. */
  set(name: string, entry: BucketEntry): void {
    this.#environment.main.putSync(nameKey(name), encodeBucketEntry(entry));
  }

  remove(name: string): void {
    this.#environment.main.removeSync(nameKey(name));
  }

  /** Makes an empty bucket under a name that is free. Throws `full` over the limit of buckets. */
  create(name: string, action: string): void {
    if (this.names().length >= BUCKET_LIMIT) {
      throw new KvError('full', `cannot ${action}: the store holds its limit of ${BUCKET_LIMIT}`);
    }
    const id = this.#environment.writes.nextNumber();
    this.#environment.createDatabase(bucketDatabase(id));
    this.set(name, { id, created: Date.now() });
  }

  /** Throws `bucket-exists`. */
  mustBeFree(name: string, action: string): void {
    if (this.find(name) === undefined) return;
    throw new KvError('bucket-exists', `cannot ${action}: there is a bucket "${name}" already`);
  }

  #find(name: string): BucketEntry | undefined {
    if (name !== this.#asked.name) this.#asked = { name, key: nameKey(name) };
    const found = this.#environment.read(this.#environment.main, this.#asked.key);
    return found && decodeBucketEntry(found.bytes);
  }
}
