/**
 * The Store port: what the keyvalue interfaces need of a store, and no more.
 *
 * A store only stores: its callers have validated names and keys. Everything is synchronous, except
 * for long work, which can be followed and stopped; a remote store waits for its servers in another
 * thread (`redis/bridge.ts`). Each operation is done completely or not at all, and is one request
 * that a remote store can answer by itself; anything that needs more is a capability, which a store
 * may lack.
 *
 * An expired record is absent for all operations. Each of them decides by one moment what has
 * expired, and all of a transaction by the same one. Reading deletes nothing; writing deletes some
 * expired records.
 *
 * It is one file, longer than others, so that whoever writes another store finds everything in it.
 */
import { KvError } from '../errors.js';
import type { Condition, Unmet } from './condition.js';
import type {
  KeyRange,
  Metadata,
  Milliseconds,
  PackedRecords,
  StoredRecords,
  StoredValue,
  Version,
} from './record.js';
import type { RecordBatch } from './record-batch.js';
import type { Pace, SharedWrites } from './shared-writes.js';
import type { StoreWatch, WatchOptions } from './watch.js';

/** What a store is opened for; `change` writes to an existing store. */
export type Mode = 'read' | 'change' | 'write';

/** Bytes on their way into the store, invisible until they are given to a bucket. */
export interface Upload {
  /** Bytes appended so far. */
  readonly size: number;
  /**
   * Appends. A large upload is written to the store as it grows; the bytes are not kept by
   * reference. Throws `full`, `io`, and then at each later use again.
   */
  append(bytes: Uint8Array): void;
  /** Releases what no key uses. Idempotent. */
  close(): void;
}

/** One of several writes that are made together. */
export type Write =
  | { readonly kind: 'put'; readonly key: string; readonly upload: Upload }
  | { readonly kind: 'delete'; readonly key: string };

/** A key in a bucket of the same store. */
export interface RecordPlace {
  readonly bucket: string;
  readonly key: string;
}

export interface PutOptions {
  readonly condition?: Condition | undefined;
  /**
   * When the record expires; `kept`: when the record before it would have. Absent: never. With a
   * time in the past, the key is absent at once.
   */
  readonly expires?: Milliseconds | 'kept' | undefined;
}

/** A record after an append. */
export type Appended = Pick<Metadata, 'version' | 'size'>;

/** How long work is followed and stopped. */
export interface WorkOptions {
  /** Stops the work: nothing of it stays, and it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the number of records done. */
  readonly progress?: ((records: number) => void) | undefined;
}

export interface BatchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called when all records have been set, and only the disk is waited for. */
  readonly whenSet?: () => void;
}

/** What a load does with an existing key. */
export type Existing = 'overwrite' | 'keep' | 'stop';

/**
 * One bucket. It is looked up by name at each call, since another process may rename or drop it:
 * everything throws `no-bucket`, `damaged` and `io`, and writes also `full`, `busy` and
 * `read-only`, with nothing changed.
 */
export interface StoreBucket {
  readonly name: string;
  /** The value, or undefined for a missing key. */
  get(key: string): StoredValue | undefined;
  /** The values by position, undefined for a missing key. */
  getMany(keys: readonly string[]): (StoredValue | undefined)[];
  /** The metadata of the record, or undefined for a missing key. */
  stat(key: string): Metadata | undefined;
  /**
   * The records of a range, in order, in groups. They are from one snapshot, if the store has
   * `snapshots`, which is released when the iteration ends.
   */
  records(range: KeyRange): IterableIterator<StoredRecords>;
  /** The number of keys in the bucket. */
  count(): number;

  /**
   * Sets the key to what has been appended to the upload so far. The same upload may be put again,
   * also under other keys, and after further appends, which earlier records do not show.
   */
  put(key: string, upload: Upload, options?: PutOptions): Version | Unmet;
  /**
   * Appends what the upload contains so far to the value of the key; a missing key counts as empty.
   * The expiry stays. The cost depends on what is appended, and not on the value's size, unless
   * other keys share the value, or the store has to write all of it anew.
   */
  append(key: string, upload: Upload): Appended;
  /** True if the key existed. */
  delete(key: string, condition?: Condition): boolean | Unmet;
  /**
   * Sets when a record expires, undefined for never; with a time in the past, the key is absent at
   * once. The version is a new one. False for a missing key.
   */
  expire(key: string, expires: Milliseconds | undefined): boolean;
  /**
   * Sets the target to the same value, without copying chunks if possible, and to the same expiry;
   * the condition is on the target. Undefined for a missing key. The target's bucket is not
   * created.
   */
  copy(key: string, target: RecordPlace, condition?: Condition): Version | Unmet | undefined;
  /** The same, and deletes the key; in one step if the store has `transactions`. */
  move(key: string, target: RecordPlace, condition?: Condition): Version | Unmet | undefined;
  /**
   * Adds `delta`, which may be negative, to the counter in the value, and returns the sum; a
   * missing key counts as 0. The expiry stays. Throws `not-a-counter`, `overflow` for a sum below 0
   * or above `limit`, by default 2^64-1.
   */
  increment(key: string, delta: bigint, limit?: bigint): bigint;
  /**
   * Writes `desired` if the value is the text of `old`, and returns whether it did. The expiry
   * stays.
   */
  compareAndSwap(key: string, old: bigint, desired: bigint): boolean;
  /**
   * Makes the writes in order; in one transaction if the store has `transactions`, which an error
   * of `writes` rolls back. Returns their number, without deletions of missing keys.
   */
  writeMany(writes: Iterable<Write>): number;

  /**
   * Deletes the keys of a range, whose direction is ignored, and resolves to their number. One
   * transaction if the store has `transactions`.
   */
  deleteRange(range: KeyRange, options?: WorkOptions): Promise<number>;

  /** An empty batch for a load into the bucket; `spare` is a cleared one to reuse. */
  batch(spare?: RecordBatch): RecordBatch;
  /**
   * Sets the records of a batch, of two with one key the later, while other work continues: nobody
   * may change the batch before the promise resolves. With `keep`, an existing key keeps its value;
   * with `stop`, the first such record ends the load. Resolves to the positions of the records
   * refused for that. If the store has `transactions`, it is one transaction, in turns of the event
   * loop: after a rejection with the signal's reason, no record has been set.
   */
  load(records: PackedRecords, existing: Existing, options?: BatchOptions): Promise<number[]>;
}

export interface BucketInfo {
  readonly name: string;
  readonly created: Milliseconds;
  readonly keys: number;
  /** Bytes of the store that the bucket's keys and inline values take. */
  readonly bytes: number;
}

/** What was deleted for good. */
export interface Collected {
  /** The number of expired records. */
  readonly expired: number;
  /** Uploads of ended processes, and drafts; with those that were removed when this process opened the store. */
  readonly uploads: number;
  /** What is damaged, and so was left. */
  readonly damaged: readonly KvError[];
}

/** A fact that a store reports about itself. */
export interface Fact {
  /** For programs: words in camel case. */
  readonly name: string;
  readonly value: string | number;
  /** Absent: a count, or a text. */
  readonly unit?: 'bytes';
}

/**
 * What a store may lack.
 *
 * `snapshots`: a listing, and the values of one `getMany`, are of one moment. `transactions`:
 * several keys change in one step; `transaction`, `group`, `shareWrites`. `drafts`: a bucket
 * replaces another in one step; `createDraft` and the functions after it. `watch`: changes to a
 * bucket, by any process, are reported; `watch`.
 */
export type Capability = 'snapshots' | 'transactions' | 'drafts' | 'watch';

export interface Store {
  /** The path of its folder, or its address, as it was opened. */
  readonly path: string;
  /** To be checked before a capability is used. */
  readonly supports: ReadonlySet<Capability>;

  /** The bucket, or undefined if there is none of that name. */
  bucket(name: string): StoreBucket | undefined;
  /** Every bucket, in the byte order of the names. */
  buckets(): BucketInfo[];
  /** Throws `no-bucket`. */
  bucketInfo(name: string): BucketInfo;
  /** The names that begin with `prefix`, in byte order, without reading the buckets. */
  bucketNames(prefix: string): string[];
  /** Throws `bucket-exists`, `full` over the limit of buckets. */
  createBucket(name: string): StoreBucket;
  /** The bucket, made if missing. Throws `full` over the limit of buckets. */
  ensureBucket(name: string): StoreBucket;
  /** Rejects with `no-bucket`. */
  deleteBucket(name: string, options?: WorkOptions): Promise<void>;
  /** Throws `no-bucket`, `bucket-exists`. */
  renameBucket(name: string, to: string): void;
  /** Rejects with `no-bucket`, `bucket-exists`. Chunks are shared, not copied. */
  copyBucket(name: string, to: string, options?: WorkOptions): Promise<void>;
  /** Deletes every key. Rejects with `no-bucket`. */
  clearBucket(name: string, options?: WorkOptions): Promise<void>;

  /**
   * Makes a bucket that nobody else sees, and that is removed with this process; returns its name,
   * which no other bucket can have.
   */
  createDraft(): string;
  /**
   * Puts a draft in place of a bucket, whose keys are deleted. Rejects with `no-bucket` if it is
   * not a draft.
   */
  publishDraft(draft: string, name: string, options?: WorkOptions): Promise<void>;
  /** Deletes a draft that has not been published. */
  discardDraft(draft: string, options?: WorkOptions): Promise<void>;

  upload(): Upload;

  /** Whether a transaction is under way, so that present writes may still be undone. */
  readonly inTransaction: boolean;
  /**
   * Runs `work` in one transaction. It is code and not a list of writes, because its writes may
   * depend on its reads: the lines of `exec --atomic`, what a person types between begin and
   * commit. It lasts until the promise of `work` settles. Its reads see its own writes; if it
   * rejects, all of them are rolled back. Transactions nest: an inner one that rejects undoes only
   * its own writes. The outermost is on the disk when its promise resolves. Rejects with `full`,
   * `io`, `read-only`, and while it waits for another writer with the reason of `signal`.
   */
  transaction<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /**
   * The same for many small pieces of work: transactions inside it are only calls, so an error of
   * any of them has to end all of it. Within a transaction it is part of that.
   */
  group<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /**
   * From now on the writes of buckets and uploads share transactions, until the result is closed:
   * for a caller that writes much, and never lets the event loop turn. Within a transaction they
   * are part of that.
   */
  shareWrites(pace: Pace): SharedWrites;
  /**
   * Resolves when a write would not have to wait for another process. Rejects with `read-only`,
   * with `busy` when patience has ended, and with the reason of `signal`.
   */
  writersDone(signal?: AbortSignal): Promise<void>;

  /**
   * Deletes everything that has expired, and removes what ended processes have left unfinished, in
   * transactions of bounded size: when it rejects with the signal's reason, what was done stays
   * done.
   */
  collectGarbage(options?: WorkOptions): Promise<Collected>;

  /**
   * Begins to watch the bucket of that name, which need not exist. To be closed. Throws `usage`
   * within a transaction.
   */
  watch(bucket: string, options: WatchOptions): StoreWatch;

  /** The facts that the store reports about itself, in the order in which they are shown. */
  info(): Fact[];
  /** Closes the store; nothing that came from it may be used afterwards. */
  close(): Promise<void>;
}

/** Throws `not-supported` if the store lacks a capability; the hint says what to do instead. */
export function requireSupport(
  { path, supports }: Store,
  capability: Capability,
  action: string,
  hint: string,
): void {
  if (supports.has(capability)) return;
  const state = `store "${path}" does not support ${capability}`;
  throw new KvError('not-supported', `cannot ${action}: ${state}`, { hint });
}
