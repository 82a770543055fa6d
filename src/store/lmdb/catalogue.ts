/** The names of a store's buckets, and the databases that they refer to. */

import { absentBucket, KvError } from '../../errors.js';
import type { Milliseconds } from '../record.js';
import type { Db } from './database.js';
import type { Environment } from './environment.js';
import {
  BACKUPS_KEY,
  BUCKET_LIMIT,
  type BucketEntry,
  bucketDatabase,
  decodeBucketEntry,
  EXPIRY_DATABASE,
  encodeBucketEntry,
  FORMAT_KEY,
  internalDatabases,
  isNameKey,
  nameBounds,
  nameKey,
  nameOfKey,
  openEntry,
  SEQUENCE_KEY,
  sealEntry,
  sizeKey,
  treeKey,
  treeOfSizeKey,
} from './layout.js';
import { statsInTransaction } from './lmdb-internals.js';
import { readEntry } from './read-entry.js';
import type { Found } from './reads.js';
import { OF_EARLIER_BUILD } from './tree-sizes.js';

/** Entries of a bucket in the main tree: its name, its tree, and the tree's size. */
const BUCKET_ENTRIES = 3;

interface Asked {
  readonly name: string;
  readonly key: Buffer;
  /** A sound entry, with its bytes and checksum. */
  seen?: { readonly bytes: Buffer; readonly entry: BucketEntry } | undefined;
}

export class Catalogue {
  readonly #environment: Environment;
  /** The name that was looked up last, usually the next one as well, with its entry. */
  #asked: Asked = { name: '', key: nameKey('') };
  #areNamesChecked = false;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** The entry of a name; undefined if there is no such bucket. */
  find(name: string): BucketEntry | undefined {
    this.#environment.refresh();
    return this.#find(name);
  }

  /** The entry of a name. Throws `no-bucket`. */
  entryOf(name: string): BucketEntry {
    const entry = this.find(name);
    if (entry) return entry;
    throw absentBucket(name);
  }

  /**
   * The database of a name. The reads that follow see the state in which the name refers to it, as
   * long as nothing calls `refresh` and the event loop does not turn. Throws `no-bucket`.
   */
  databaseOf(name: string): Db {
    return this.open(name).db;
  }

  /** The same, with the time when the bucket was created. */
  open(name: string): { db: Db; created: Milliseconds } {
    for (;;) {
      const { id, created } = this.entryOf(name);
      const database = bucketDatabase(id);
      const db = this.#environment.databases.find(database);
      if (db) return { db, created };
      // A snapshot does not know databases opened after it, so a new one is needed.
      try {
        this.#environment.databases.get(database);
      } catch (error) {
        // If another process has dropped it meanwhile, the name no longer refers to it.
        if (this.find(name)?.id === id) throw error;
      }
    }
  }

  /** The error for a damaged record in a bucket's database. */
  damagedRecord(db: Db, key: Uint8Array, state: string): KvError {
    return new KvError(
      'damaged',
      `cannot read "${Buffer.from(key)}" in bucket "${this.#nameOf(db)}": damaged: ${state}`,
    );
  }

  /** Every name, drafts included, in byte order. */
  names(): string[] {
    const { main } = this.#environment;
    this.#environment.refresh();
    return this.#environment.reads.run(() => [...main.getKeys(nameBounds)].map(nameOfKey));
  }

  /** The same, after checking that none is missing. Throws `damaged`. */
  soundNames(): string[] {
    this.#environment.refresh();
    this.#checkNames();
    return this.names();
  }

  /** Sets the entry of a name. */
  set(name: string, entry: BucketEntry): void {
    const { main } = this.#environment;
    const key = nameKey(name);
    main.putSync(key, sealEntry(main.seed, key, encodeBucketEntry(entry)));
  }

  remove(name: string): void {
    this.#environment.main.removeSync(nameKey(name));
  }

  /** Makes an empty bucket under a free name. Throws `full` over the limit of buckets. */
  create(name: string, action: string): void {
    if (this.#isFull()) {
      throw new KvError('full', `cannot ${action}: the store holds its limit of ${BUCKET_LIMIT}`);
    }
    const id = this.#environment.writes.nextNumber();
    this.#environment.databases.create(bucketDatabase(id));
    this.set(name, { id, created: Date.now() });
  }

  /** Within a transaction; counts the names only if there may be too many. */
  #isFull(): boolean {
    const { entryCount } = statsInTransaction(this.#environment.main);
    return entryCount >= BUCKET_ENTRIES * BUCKET_LIMIT && this.names().length >= BUCKET_LIMIT;
  }

  /** Throws `bucket-exists`. */
  mustBeFree(name: string, action: string): void {
    if (this.find(name) === undefined) return;
    throw new KvError('bucket-exists', `cannot ${action}: there is a bucket "${name}" already`);
  }

  /** The bucket's name for a database; the database's own if there is none. */
  #nameOf(db: Db): string {
    const { main } = this.#environment;
    for (const key of this.#environment.reads.getKeys(main, nameBounds)) {
      const entry = openEntry(main.seed, key, main.getBinary(key) ?? Buffer.alloc(0));
      if (entry && bucketDatabase(decodeBucketEntry(entry).id) === db.name) return nameOfKey(key);
    }
    return db.name;
  }

  #find(name: string): BucketEntry | undefined {
    const environment = this.#environment;
    const { main } = environment;
    if (name !== this.#asked.name) this.#asked = { name, key: nameKey(name) };
    const asked = this.#asked;
    const found = environment.reads.get(main, asked.key);
    if (found && asked.seen && isSame(found, asked.seen.bytes)) return asked.seen.entry;
    const copy = environment.reads.getCopy(main, asked.key);
    const bytes = readEntry(environment, main, asked.key);
    if (bytes === undefined) this.#checkNames();
    const entry = bytes && decodeBucketEntry(bytes);
    asked.seen = copy && entry && { bytes: copy, entry };
    return entry;
  }

  /**
   * Checks that each name is what was written, that it refers to a tree, and that each tree has a
   * name: otherwise a bucket with a damaged name would seem to be missing, and another could be
   * made in its place. It is done once, when a name is first not found, or all are listed. Throws
   * `damaged`.
   */
  #checkNames(): void {
    if (this.#areNamesChecked) return;
    const { main } = this.#environment;
    const expected = new Set([FORMAT_KEY, SEQUENCE_KEY].map(textOf));
    const expect = (tree: string) => {
      for (const key of [treeKey(tree), sizeKey(tree)]) expected.add(textOf(key));
    };
    for (const name of internalDatabases) expect(name);
    const others = new Set<string>();
    for (const key of this.#environment.reads.getKeys(main, {})) {
      const entry = isNameKey(key) ? readEntry(this.#environment, main, key) : undefined;
      if (entry) expect(bucketDatabase(decodeBucketEntry(entry).id));
      else others.add(textOf(key));
    }
    const missing = [...expected].find((key) => !others.delete(key));
    if (missing !== undefined) {
      const isSize = treeOfSizeKey(Buffer.from(missing, 'latin1')) !== undefined;
      throw this.#damagedNames(
        `it lacks its "${treeOf(missing)}"`,
        isSize ? OF_EARLIER_BUILD : undefined,
      );
    }
    others.delete(textOf(BACKUPS_KEY));
    for (const tree of [EXPIRY_DATABASE, ...this.#environment.databases.dropped]) {
      for (const key of [treeKey(tree), sizeKey(tree)]) others.delete(textOf(key));
    }
    for (const key of others) throw this.#damagedNames(`"${treeOf(key)}" has no name`);
    this.#areNamesChecked = true;
  }

  #damagedNames(
    state: string,
    hint = 'try: kv store check, and kv store salvage DAMAGED NEW, which brings that bucket too',
  ): KvError {
    const { path } = this.#environment;
    return new KvError(
      'damaged',
      `cannot look for a bucket in store "${path}": damaged: ${state}`,
      { hint },
    );
  }
}

/** Whether the same bytes have been read again. */
function isSame({ bytes, length }: Found, before: Buffer): boolean {
  if (length !== before.length) return false;
  for (let at = 0; at < length; at++) if (bytes[at] !== before[at]) return false;
  return true;
}

/** A key as a member of a set. */
function textOf(key: Buffer): string {
  return key.toString('latin1');
}

function treeOf(key: string): string {
  return key.replace(/\0$/, '');
}
