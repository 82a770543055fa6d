/**
 * The Store port: what the keyvalue interfaces need of a store, and no more.
 *
 * A store only stores: names, keys and conditions have been validated by its caller. Everything is
 * synchronous. Keys are strings here and bytes on disk; their order is that of their UTF-8 bytes.
 */

/** Milliseconds since the Unix epoch. */
export type Milliseconds = number;

/**
 * A record's version: a positive number that grows with every write and is never given twice in the
 * life of a store, also across delete and recreate.
 */
export type Version = number;

export type ValueKind = 'inline' | 'chunked';

/** What is known of a record without reading its value. */
export interface Metadata {
  /** Bytes in the value. */
  readonly size: number;
  readonly version: Version;
  readonly modified: Milliseconds;
  /** `inline`: beside its key. `chunked`: in pieces of its own, which several keys may share. */
  readonly kind: ValueKind;
}

export interface Entry extends Metadata {
  readonly key: string;
}

/**
 * A value as it was when it was read: a later overwrite or delete neither changes nor tears it.
 * A chunked value holds a snapshot of the store until `close`.
 */
export interface StoredValue extends Metadata {
  /**
   * Bytes from `position` on: at least one before the end, at most `length`, and never past the
   * chunk that holds `position`. Empty at the end. The bytes are the caller's to keep.
   */
  read(position: number, length: number): Uint8Array;
  /** Lets the snapshot go. Idempotent. */
  close(): void;
}

/** A stretch of keys, as bounds on their UTF-8 bytes. */
export interface KeyRange {
  /** The first key that may be listed; absent: from the beginning. */
  readonly lower?: Uint8Array;
  /** The first key that may no longer be listed; absent: to the end. */
  readonly upper?: Uint8Array;
  /** Downward, from just below `upper` to `lower`. */
  readonly reverse?: boolean;
}

/**
 * Records for a bulk load, packed one behind the other, so that a million of them are not millions
 * of small objects. See `record-batch.ts`.
 */
export interface PackedRecords {
  readonly count: number;
  /** True where the keys ascend, each once. */
  readonly ascending: boolean;
  readonly bytes: Buffer;
  /** Four numbers a record: where in `bytes` its key begins and ends, and its value. */
  readonly places: Uint32Array;
}

/**
 * Records as they lie in the store, in order, so that to go through a million of them does not take
 * millions of small objects; good until the next ones are asked for.
 */
export interface StoredRecords {
  readonly count: number;
  readonly bytes: Buffer;
  /**
   * Four numbers a record: where in `bytes` its key begins and ends, and its value. Where that is
   * not there, it begins at `ELSEWHERE`.
   */
  readonly places: Int32Array;
  /** The value of one of them, wherever it is; it is to be closed before the next are asked for. */
  value(position: number): StoredValue;
}

/** The place of a value that is asked for by itself. */
export const ELSEWHERE = -1;

/** What a load does with a key that is there. */
export type Existing = 'overwrite' | 'keep' | 'stop';

/** The longest key, in bytes of its UTF-8: what a page of the store holds twice. */
export const KEY_LIMIT_BYTES = 1978;

/** Bytes before each packed value that are the store's to write to. */
export const PACKED_ROOM_BYTES = 16;

/** One bucket. It is found again by name at each call, so another process may rename or drop it. */
export interface StoreBucket {
  readonly name: string;
  /** The value, or undefined where there is no such key. */
  get(key: string): StoredValue | undefined;
  /** The values by position, all of one snapshot. */
  getMany(keys: readonly string[]): (StoredValue | undefined)[];
  /** What is known of the record, or undefined where there is no such key. */
  stat(key: string): Metadata | undefined;
  /** True where the key was there. */
  delete(key: string): boolean;
  /** Makes `target` hold the same value as `key`, without copying chunks. False: no such key. */
  copy(key: string, target: StoreBucket, targetKey: string): boolean;
  /** The keys of a range, in order, of one snapshot, which is let go when the iteration ends. */
  keys(range: KeyRange): IterableIterator<string>;
  /** The same with what is known of each record. */
  entries(range: KeyRange): IterableIterator<Entry>;
  /** The same as whole records, some at a time. */
  records(range: KeyRange): IterableIterator<StoredRecords>;
  /** How many keys the bucket holds. */
  count(): number;
  /**
   * Sets the records in one transaction, the later of two with one key standing. With `keep`, a key
   * that is there keeps its value; with `stop`, the first such record ends the load. Returned are
   * the positions of the records that were refused for that.
   */
  load(records: PackedRecords, existing: Existing): number[];
  /** How many records whose keys are in no order one load may have, so that memory stays bounded. */
  scatterLimit(): number;
}

/** Bytes on their way into the store; nothing of them is visible before `store`. */
export interface Upload {
  /** Bytes appended so far. */
  readonly size: number;
  /** Appends. Large contents go to the disk while they flow; the bytes are not kept by reference. */
  append(bytes: Uint8Array): void;
  /**
   * Makes everything appended so far the value of a key, at once. May be called again, also under
   * other keys, also after further appends, which the earlier records do not show.
   */
  store(bucket: StoreBucket, key: string): Version;
  /** Gives back whatever no key came to hold. Idempotent. */
  close(): void;
}

export interface BucketInfo {
  readonly name: string;
  readonly created: Milliseconds;
  readonly keys: number;
  /** Bytes of the store's file that the bucket's keys and inline values take. */
  readonly bytes: number;
}

export interface StoreInfo {
  readonly path: string;
  /** The layout's number. */
  readonly format: number;
  readonly buckets: number;
  readonly keys: number;
  /** Bytes of the file. */
  readonly fileSize: number;
  /** Bytes of the file that hold nothing and will be used again. */
  readonly freeSize: number;
  /** Bytes of a page. */
  readonly pageSize: number;
  /** Values kept in chunks. */
  readonly chunkedValues: number;
  /** Uploads in progress, of this and other processes, and those awaiting reclamation. */
  readonly uploads: number;
  /** Processes and threads that hold a place in the table of readers. */
  readonly readers: number;
  /** The number of the last committed transaction. */
  readonly lastTransaction: number;
}

export interface Store {
  readonly path: string;
  /** The bucket, or undefined where there is none of that name. */
  bucket(name: string): StoreBucket | undefined;
  /** Every bucket, in the byte order of the names. */
  buckets(): BucketInfo[];
  /** The names that begin with `prefix`, in byte order, without looking into the buckets. */
  bucketNames(prefix: string): string[];
  /** Throws `bucket-exists`. */
  createBucket(name: string): StoreBucket;
  /** Throws `no-bucket`. */
  deleteBucket(name: string): void;
  /** Throws `no-bucket`, `bucket-exists`. */
  renameBucket(name: string, to: string): void;
  /** Throws `no-bucket`, `bucket-exists`. Chunks are shared, not copied. */
  copyBucket(name: string, to: string): void;
  /** Deletes every key. Throws `no-bucket`. */
  clearBucket(name: string): void;
  /**
   * Makes a bucket that nobody else sees, and that goes with this process; returns its name, which
   * no other bucket can have.
   */
  createDraft(): string;
  /** Puts a draft in the place of a bucket, whose keys go. One transaction. */
  publishDraft(draft: string, name: string): void;
  /** Deletes a draft that has not been published. */
  discardDraft(draft: string): void;
  upload(): Upload;
  /** Whether a transaction is under way, so that what is written now may yet be undone. */
  readonly inTransaction: boolean;
  /**
   * Runs `work` in one transaction: its reads see its own writes, and what it throws rolls all of
   * them back and is thrown on. Nests: an inner one that throws undoes its own writes alone.
   * The outermost has reached the disk when it returns. Throws `full`, `io`, `read-only`.
   */
  transaction<T>(work: () => T): T;
  /**
   * The same, while other work goes on: waiting for the lock and writing to the disk are left to
   * another thread. `work` runs some time later, before the promise resolves. Within another
   * transaction it runs at once.
   */
  transactionInBackground<T>(work: () => T): Promise<T>;
  /**
   * A transaction that lasts until the promise of `work` settles, rolled back where it rejects.
   * Within another it is a part of that.
   */
  transactionAcross<T>(work: () => Promise<T>): Promise<T>;
  /**
   * The same for many small pieces of work: transactions in it are no more than calls, so what any
   * of them throws must end all of it.
   */
  group<T>(work: () => Promise<T>): Promise<T>;
  info(): StoreInfo;
  /** Lets the store go; nothing that came from it may be used afterwards. */
  close(): Promise<void>;
}
