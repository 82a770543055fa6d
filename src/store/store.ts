/**
 * The Store port: what the keyvalue interfaces need of a store, and no more.
 *
 * A store only stores: names and keys have been validated by its caller. Everything is synchronous,
 * but for what lasts, which can be followed and stopped; a store elsewhere waits for its servers in
 * another thread (`redis/bridge.ts`). Each operation is made as a whole or not at
 * all, and is one request that a store elsewhere can answer by itself; what takes more than that is a
 * capability, which a store has or has not.
 *
 * A record that has expired is absent for all of this. Each question has one moment by which it tells, and
 * all of a transaction has one. Reading deletes nothing; whoever writes deletes some of what has expired.
 *
 * It is one file, longer than others, so that whoever writes another store has all that it has to be.
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

/** What a store is opened for; `change` writes to a store that is there. */
export type Mode = 'read' | 'change' | 'write';

/** Bytes on their way into the store; nobody sees any of them before a bucket is given them. */
export interface Upload {
  /** Bytes appended so far. */
  readonly size: number;
  /**
   * Appends. Large contents go to the store while they flow; the bytes are not kept by reference.
   * Throws `full`, `io`, and then at each later use again.
   */
  append(bytes: Uint8Array): void;
  /** Gives back whatever no key came to hold. Idempotent. */
  close(): void;
}

/** One of many writes that are made together. */
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
   * When the record expires; `kept`: when the one before would have. Absent: never. Where that is past,
   * the key is absent at once.
   */
  readonly expires?: Milliseconds | 'kept' | undefined;
}

/** A record that has grown. */
export type Appended = Pick<Metadata, 'version' | 'size'>;

/** How work that may last is followed and stopped. */
export interface WorkOptions {
  /** Stops the work: nothing of it stands, and it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told now and then how many records are done. */
  readonly progress?: ((records: number) => void) | undefined;
}

export interface BatchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called when all records have been set, and only the disk is waited for. */
  readonly whenSet?: () => void;
}

/** What a load does with a key that is there. */
export type Existing = 'overwrite' | 'keep' | 'stop';

/**
 * One bucket. It is found again by name at each call, so another process may rename or drop it:
 * everything throws `no-bucket`, `damaged` and `io`, and what writes `full`, `busy` and `read-only`,
 * with nothing changed.
 */
export interface StoreBucket {
  readonly name: string;
  /** The value, or undefined where there is no such key. */
  get(key: string): StoredValue | undefined;
  /** The values by position, undefined where there is no such key. */
  getMany(keys: readonly string[]): (StoredValue | undefined)[];
  /** What is known of the record, or undefined where there is no such key. */
  stat(key: string): Metadata | undefined;
  /**
   * The records of a range, in order, some at a time. They are those of one snapshot, where the
   * store has `snapshots`, which is let go when the iteration ends.
   */
  records(range: KeyRange): IterableIterator<StoredRecords>;
  /** How many keys the bucket holds. */
  count(): number;

  /**
   * Makes what has been appended to the upload so far the value of the key. The same upload may be
   * put again, also under other keys, also after further appends, which earlier records do not show.
   */
  put(key: string, upload: Upload, options?: PutOptions): Version | Unmet;
  /**
   * Adds what has been appended to the upload so far to the end of the value of the key, as a record of that
   * alone where there is none. When it expires stays. What it costs hangs on what is added, and not on what
   * is there, unless others hold that value as well, or the store has to write all of it anew.
   */
  append(key: string, upload: Upload): Appended;
  /** True where the key was there. */
  delete(key: string, condition?: Condition): boolean | Unmet;
  /**
   * Sets when a record expires, undefined for never; where that is past, the key is absent at once. The
   * version is a new one. False where there is no such key.
   */
  expire(key: string, expires: Milliseconds | undefined): boolean;
  /**
   * Makes the target hold the same value, where it can without copying chunks, and expire as the key does; the
   * condition is on the target. Undefined where there is no such key. The target's own place is left as it is.
   */
  copy(key: string, target: RecordPlace, condition?: Condition): Version | Unmet | undefined;
  /** The same, and the key is gone; in one step where the store has `transactions`. */
  move(key: string, target: RecordPlace, condition?: Condition): Version | Unmet | undefined;
  /**
   * Adds `delta`, which may be below 0, to the counter that the value is the text of, and returns the
   * sum; a missing key counts as 0. When it expires stays. Throws `not-a-counter`, `overflow` for a sum
   * below 0 or above `limit`, which is 2^64-1 where it is left out.
   */
  increment(key: string, delta: bigint, limit?: bigint): bigint;
  /** Writes `desired` where the value is the text of `old`, and returns whether it did. When it expires stays. */
  compareAndSwap(key: string, old: bigint, desired: bigint): boolean;
  /**
   * Makes the writes in their order; in one transaction where the store has `transactions`, which
   * what `writes` throws rolls back. Returns how many there were but for deletes of missing keys.
   */
  writeMany(writes: Iterable<Write>): number;

  /**
   * Deletes the keys of a range, whose direction is not looked at, and resolves to how many there
   * were. One transaction where the store has `transactions`.
   */
  deleteRange(range: KeyRange, options?: WorkOptions): Promise<number>;

  /** An empty batch for a load into the bucket as it is; `spare` is a cleared one to use again. */
  batch(spare?: RecordBatch): RecordBatch;
  /**
   * Sets the records of a batch, the later of two with one key standing, while other work goes on:
   * nobody may change the batch before the promise resolves. With `keep`, a key that is there keeps
   * its value; with `stop`, the first such record ends the load. Resolves to the positions of the
   * records that were refused for that. One transaction where the store has `transactions`, in turns of
   * the event loop: rejects with the reason of the signal, and then has set none.
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
  /** Records that had expired. */
  readonly expired: number;
  /** Uploads of processes that have ended, and drafts. */
  readonly uploads: number;
  /** What is damaged, and so was left. */
  readonly damaged: readonly KvError[];
}

/** Something that a store says of itself. */
export interface Fact {
  /** For a program: words in camel case. */
  readonly name: string;
  readonly value: string | number;
  /** Absent: a count, or a text. */
  readonly unit?: 'bytes';
}

/**
 * What not every store can do.
 *
 * `snapshots`: a listing, and the values of one `getMany`, are of one moment.
 * `transactions`: several keys change in one step; `transaction`, `group`, `shareWrites`.
 * `drafts`: a bucket takes another's place in one step; `createDraft` and what comes after it.
 * `watch`: what is done to a bucket, also by others, can be followed; `watch`.
 */
export type Capability = 'snapshots' | 'transactions' | 'drafts' | 'watch';

export interface Store {
  /** What it was opened by: the path of its folder, or its address. */
  readonly path: string;
  /** To be asked before what is a capability is used. */
  readonly supports: ReadonlySet<Capability>;

  /** The bucket, or undefined where there is none of that name. */
  bucket(name: string): StoreBucket | undefined;
  /** Every bucket, in the byte order of the names. */
  buckets(): BucketInfo[];
  /** Throws `no-bucket`. */
  bucketInfo(name: string): BucketInfo;
  /** The names that begin with `prefix`, in byte order, without looking into the buckets. */
  bucketNames(prefix: string): string[];
  /** Throws `bucket-exists`, `full` over the limit of buckets. */
  createBucket(name: string): StoreBucket;
  /** The bucket, made now where there was none. Throws `full` over the limit of buckets. */
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
   * Makes a bucket that nobody else sees, and that goes with this process; returns its name, which
   * no other bucket can have.
   */
  createDraft(): string;
  /** Puts a draft in the place of a bucket, whose keys go. Rejects with `no-bucket` for no draft. */
  publishDraft(draft: string, name: string, options?: WorkOptions): Promise<void>;
  /** Deletes a draft that has not been published. */
  discardDraft(draft: string, options?: WorkOptions): Promise<void>;

  upload(): Upload;

  /** Whether a transaction is under way, so that what is written now may yet be undone. */
  readonly inTransaction: boolean;
  /**
   * Runs `work` in one transaction, which is code and no list of writes, because what it writes may
   * hang on what it reads: the lines of `exec --atomic`, what a person types between begin and
   * commit. It lasts until the promise of `work` settles. Its reads see its own writes; where it
   * rejects, all of them are rolled back. Nests: an inner one that rejects undoes its own writes
   * alone. The outermost has reached the disk when its promise resolves. Rejects with `full`, `io`,
   * `read-only`, and while it waits for another writer with the reason of `signal`.
   */
  transaction<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /**
   * The same for many small pieces of work: transactions in it are no more than calls, so what any
   * of them throws must end all of it. Within a transaction it is a part of that.
   */
  group<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /**
   * From now on the writes of buckets and uploads share transactions, until what is returned is closed: for a caller
   * who writes much, and never lets the event loop turn meanwhile. Within a transaction they are a part of that.
   */
  shareWrites(pace: Pace): SharedWrites;
  /**
   * Resolves when a write would not have to wait for another process. Rejects with `read-only`, with
   * `busy` when patience has ended, and with the reason of `signal`.
   */
  writersDone(signal?: AbortSignal): Promise<void>;

  /**
   * Deletes all that has expired, and gives back what ended processes have left unfinished, in
   * transactions of bounded size: after the signal's reason, with which it rejects, what was done stands.
   */
  collectGarbage(options?: WorkOptions): Promise<Collected>;

  /**
   * Begins to follow what is done to the bucket of that name, which need not be there. To be closed. Throws `usage`
   * within a transaction.
   */
  watch(bucket: string, options: WatchOptions): StoreWatch;

  /** What the store says of itself, in the order in which it is shown. */
  info(): Fact[];
  /** Lets the store go; nothing that came from it may be used afterwards. */
  close(): Promise<void>;
}

/** Throws `not-supported` where the store lacks a capability; the hint says what to do instead. */
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
