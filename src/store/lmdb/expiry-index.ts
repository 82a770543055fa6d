/**
 * The index of records that expire, by time: its beginning tells how many records of a bucket have
 * expired, and which. Writes are within a transaction.
 */
import { KvError } from '../../errors.js';
import type { Milliseconds } from '../record.js';
import { seedOf } from './checksum.js';
import type { Db } from './database.js';
import type { Environment } from './environment.js';
import { leavesOf } from './file/leaves.js';
import type { Page } from './file/page.js';
import {
  decodeExpiry,
  EXPIRY_DATABASE,
  type ExpiryEntry,
  encodeExpiry,
  expiryKey,
  sealEntry,
} from './layout.js';

/** The parts of a record that identify its entry. */
type Timed = Pick<ExpiryEntry, 'version'> & { readonly expires: Milliseconds | undefined };

const SEED = seedOf(EXPIRY_DATABASE);

export class ExpiryIndex {
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Adds a record; does nothing for one that never expires. */
  add({ expires, version }: Timed, bucketId: number, key: Buffer): void {
    if (expires === undefined) return;
    const database = this.#database ?? this.#environment.databases.create(EXPIRY_DATABASE);
    const place = expiryKey(expires, version);
    database.putSync(place, sealEntry(SEED, place, encodeExpiry({ bucketId, key })));
  }

  /** Whether there is an entry for a record with that time and version. */
  has(expires: Milliseconds, version: number): boolean {
    const database = this.#database;
    if (database === undefined) return false;
    return this.#environment.reads.get(database, expiryKey(expires, version)) !== undefined;
  }

  /** Removes the entry of a record; does nothing for one that never expires. */
  remove({ expires, version }: Timed): void {
    if (expires !== undefined) this.#database?.removeSync(expiryKey(expires, version));
  }

  /** The number of records that expire, or have expired and are still stored. */
  count(): number {
    const database = this.#database;
    return database ? this.#environment.databases.sizeOf(database).entries : 0;
  }

  /**
   * The number of records that have expired at a moment and are still stored: of one bucket, or of
   * all, drafts included. Reads only their entries. Throws `damaged`, `io`.
   */
  countExpired(moment: Milliseconds, bucketId?: number): number {
    const counts = this.countsExpired(moment);
    if (bucketId !== undefined) return counts.get(bucketId) ?? 0;
    return [...counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The same, by the ids of the buckets with such records. */
  countsExpired(moment: Milliseconds): Map<number, number> {
    const counts = new Map<number, number>();
    const entries = this.#environment.inTransaction
      ? this.#expired(moment)
      : this.#expiredInFile(moment);
    for (const { bucketId } of entries) counts.set(bucketId, (counts.get(bucketId) ?? 0) + 1);
    return counts;
  }

  /**
   * The keys of the entries of the first records that have expired at a moment, in the transaction
   * under way; those after `after`, if it is given. Throws `damaged`.
   */
  expiredKeys(moment: Milliseconds, limit?: number, after?: Buffer): Buffer[] {
    const database = this.#database;
    if (database === undefined) return [];
    const range = {
      ...(after && { start: after, exclusiveStart: true }),
      end: expiryKey(moment + 1),
      ...(limit !== undefined && { limit }),
    };
    return this.#environment.reads.getKeys(database, range);
  }

  /** The entry under a key; undefined if it is gone. Throws `damaged`. */
  entryAt(key: Buffer): ExpiryEntry | undefined {
    const database = this.#database;
    const bytes = database && this.#environment.reads.getCopy(database, key);
    return bytes && this.#decoded(key, bytes);
  }

  /** Removes the entry under a key. */
  removeAt(key: Buffer): void {
    this.#database?.removeSync(key);
  }

  /** Entries expired at a moment, in the transaction under way. Throws `damaged`. */
  #expired(moment: Milliseconds): ExpiryEntry[] {
    return this.expiredKeys(moment).flatMap((key) => this.entryAt(key) ?? []);
  }

  /** The same in the state that reads see, from the file. */
  *#expiredInFile(moment: Milliseconds): Generator<ExpiryEntry> {
    const environment = this.#environment;
    const snapshot = environment.reads.keep();
    try {
      const descriptor = environment.databases.findDescriptor(EXPIRY_DATABASE, snapshot);
      if (descriptor) yield* this.entries(descriptor, { upTo: moment });
    } finally {
      environment.reads.release(snapshot);
    }
  }

  /**
   * The entries of a held state, in the order of their times: those after one moment, up to
   * another. Reads only these. Throws `damaged`, `io`.
   */
  *entries(
    descriptor: Buffer,
    { after, upTo }: { readonly after?: Milliseconds; readonly upTo?: Milliseconds },
  ): Generator<ExpiryEntry> {
    const environment = this.#environment;
    const { file } = environment;
    const newest = BigInt(environment.lastTransaction);
    const bounds = {
      lower: after === undefined ? undefined : expiryKey(after + 1),
      upper: upTo === undefined ? undefined : expiryKey(upTo + 1),
    };
    const entryAt = (page: Page, node: number) =>
      page.isElsewhere(node) ? undefined : decodeExpiry(SEED, page.key(node), page.data(node));
    const isSound = (page: Page, node: number) => entryAt(page, node) !== undefined;
    for (const { page, from, to } of leavesOf({ file, descriptor, newest, bounds, isSound })) {
      for (let node = from; node < to; node++) {
        yield entryAt(page, node) ?? this.#decoded(page.key(node), Buffer.alloc(0));
      }
    }
  }

  #decoded(key: Buffer, bytes: Buffer): ExpiryEntry {
    const entry = decodeExpiry(SEED, key, bytes);
    if (entry) return entry;
    const place = `${EXPIRY_DATABASE}/${key.toString('hex')}`;
    const state = `damaged: the checksum of "${place}" is not that of its bytes`;
    throw new KvError('damaged', `cannot read store "${this.#environment.path}": ${state}`);
  }

  /** The tree; undefined if nothing has ever expired. */
  get #database(): Db | undefined {
    const environment = this.#environment;
    const open = environment.databases.find(EXPIRY_DATABASE);
    if (open) return open;
    return environment.databases.has(EXPIRY_DATABASE)
      ? environment.databases.get(EXPIRY_DATABASE)
      : undefined;
  }
}
