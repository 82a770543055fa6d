/**
 * Operations on a store as a whole, from outside: the store need not be one that can be opened. Not
 * every kind of store has them.
 */

import type { KvError } from '../errors.js';
import type { WorkOptions } from './store.js';

/** A problem of a store, and its place; parts of the place that do not apply are absent. */
export interface Problem {
  /** The page of the data file. */
  readonly page?: number;
  /** A part of the store other than a bucket. */
  readonly part?: string;
  readonly bucket?: string;
  readonly key?: string;
  /** What is wrong there. */
  readonly problem: string;
}

export interface CheckOptions {
  /** Stops the check, which rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the number of bytes done. */
  readonly progress?: ((bytes: number) => void) | undefined;
  /** Called with each problem when it is found, and awaited. */
  found(problem: Problem): Promise<void>;
}

/** The results of a check. */
export interface CheckResult {
  readonly problems: number;
  /**
   * Whether the state checked was protected from writers. If not, because the store cannot be
   * opened, nobody has written meanwhile.
   */
  readonly isHeld: boolean;
  /** The last transaction of that state. */
  readonly transaction: number;
  readonly buckets: number;
  readonly keys: number;
  /** The number of values in chunks, and of chunks. */
  readonly chunkedValues: number;
  readonly chunks: number;
  /** Uploads in progress, and values that wait to be reclaimed. */
  readonly uploads: number;
  readonly pageSize: number;
  readonly usedPages: number;
  readonly freePages: number;
  /** Pages that are neither used nor free: room that is lost until the store is compacted. */
  readonly lostPages: number;
}

/** A check that has not begun. */
export interface StoreCheck {
  /** Bytes of the store's file. */
  readonly bytes: number;
  /**
   * Rejects with `not-a-store`, `unknown-format`, `busy` if others write and cannot be kept out,
   * `io`.
   */
  run(options: CheckOptions): Promise<CheckResult>;
}

/** What a salvage copied of a bucket. */
export interface SalvagedBucket {
  /** Its name in the new store. */
  readonly bucket: string;
  /** The number of keys that it had, as far as that is known. */
  readonly keys: number;
  readonly brought: number;
}

export interface SalvageResult {
  readonly buckets: readonly SalvagedBucket[];
  /** The transaction whose state was salvaged. */
  readonly transaction: number;
}

/** The information in a backup's head. */
export interface BackupInfo {
  /** The time of the backup, in ms since the epoch. */
  readonly made: number;
  /** The last transaction that it contains; absent if the store has none. */
  readonly transaction?: number;
  /** The last one of the backup that it continues; 0 for a full backup. */
  readonly since: number;
  /** In the byte order of the names. */
  readonly buckets: readonly { readonly name: string; readonly keys: number }[];
}

export interface BackupOptions {
  /** The bytes of an earlier backup of this store; the new one then has the changes since. */
  readonly earlier?: AsyncIterable<Uint8Array> | undefined;
  /** Whether the store must not be written to; then no incremental backup can continue this one. */
  readonly isReadOnly: boolean;
}

/** A backup that is being made; writers are not stopped. */
export interface Backup {
  /**
   * Why the store could not note it, so that no incremental backup can continue it; else undefined.
   */
  readonly unnoted: KvError | undefined;
  /** Known with the first block. */
  readonly info: BackupInfo | undefined;
  /** Bytes of the pages in use, known with the first block; an incremental backup has fewer. */
  readonly bytes: number;
  /**
   * The blocks of the backup, each valid until the next is asked for; undefined now and then, so
   * that the caller can do other work. Throws `damaged` before the first block, `io`.
   */
  blocks(): Iterable<Buffer | undefined>;
  /**
   * Writes the blocks to a file, readable by its owner alone, which appears complete, read back and
   * on the disk, or not at all. Rejects with errors of the blocks, `usage` if the path is not that
   * of a file, `full`, `io`.
   */
  save(path: string, options: WorkOptions): Promise<void>;
  close(): Promise<void>;
}

export interface RestoreOptions {
  /** Whether an existing store is replaced, and kept beside the new one. */
  readonly replace: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the bytes of pages written. */
  readonly progress?: ((bytes: number) => void) | undefined;
}

export interface Restored {
  readonly info: BackupInfo;
  /** Where the replaced store is now. */
  readonly replaced?: string;
}

/** The result of an upgrade; nothing was done if both formats are the same. */
export interface Upgraded {
  readonly from: number;
  readonly to: number;
  readonly buckets: number;
  readonly keys: number;
  /** Where the old data file is now. */
  readonly kept?: string;
}

/** An upgrade that has not begun. */
export interface StoreUpgrade {
  /** Bytes of the store's file; the new one takes about as many. */
  readonly bytes: number;
  /**
   * Rejects with `busy` if another process has the store open, `full` if the disk has no room,
   * `damaged`, `unknown-format`, `io`, the signal's reason; then the store is unchanged.
   */
  run(options: WorkOptions): Promise<Upgraded>;
}

/** The result of a compaction. */
export interface Compacted {
  /** Bytes of the store's file, before and after. */
  readonly before: number;
  readonly after: number;
}

/** A compaction that has not begun. */
export interface StoreCompaction {
  /** Bytes of the store's file. */
  readonly bytes: number;
  /** The most bytes of disk that it takes besides. */
  readonly neededBytes: number;
  /** About how many bytes it reads and writes. */
  readonly workBytes: number;
  /**
   * Moves everything in use to the beginning of the file, and cuts the file after it. Other
   * processes continue: long readers are waited for, and writers wait. Rejects with `busy` when
   * patience ends, `full`, `damaged`, `unknown-format`, `io`, the signal's reason; then, however it
   * ends, the store is unchanged.
   */
  run(options: WorkOptions): Promise<Compacted>;
}

/** A process that has a store open for reading. */
export interface StoreReader {
  readonly process: number;
  /** Its command, as `kv export`; absent if unknown. */
  readonly name?: string;
  /** How long the process has been running, in ms; absent if unknown. */
  readonly age?: number;
  /**
   * The transaction whose state it reads, the oldest of several; absent if it reads nothing now.
   */
  readonly transaction?: number;
  /** Bytes that writers cannot reuse as long as that state is read. */
  readonly heldBytes: number;
}

export interface Readers {
  /** The last transaction. */
  readonly transaction: number;
  /** By process id, without this process. */
  readonly readers: readonly StoreReader[];
  /** Ended processes that had not released what they read; their slots have been cleared. */
  readonly cleared: readonly number[];
}

export interface Maintenance {
  /**
   * Copies everything sound in this store to a new one; nothing in this store's folder is written
   * or made. Rejects with `no-store`, `not-a-store`, `unknown-format`, `damaged` if nothing is
   * found, `busy` if others write to it, `not-a-store` if something is at the new path, and errors
   * of making a store.
   */
  salvage(path: string, options: CheckOptions): Promise<SalvageResult>;
  /** Upgrades a store of an older format. Throws `no-store`, `not-a-store`, `damaged`, `io`. */
  upgrade(): StoreUpgrade;
  /** Compacts the store in place. Rejects with `no-store`, `not-a-store`, `damaged`, `io`. */
  compaction(): Promise<StoreCompaction>;
  /** Who reads the store now. Rejects with `no-store`, `not-a-store`, `damaged`, `io`. */
  readers(): Promise<Readers>;
  /** Checks everything in a store. Throws `no-store`, `not-a-store`, `io`. */
  check(): StoreCheck;
  /**
   * Makes a backup. Rejects with `no-store`, `damaged`, `usage` for an earlier backup of another
   * store, or of a copy that was written to separately, `rejected` for a file that is not a backup,
   * `io`.
   */
  backup(options: BackupOptions): Promise<Backup>;
  /**
   * Makes the store of a full backup and of those that continue it, in order. Rejects with
   * `rejected`, `usage` if they do not continue each other, `condition-failed` if a store exists,
   * `damaged`, `full`, `io`.
   */
  restore(
    backups: readonly AsyncIterable<Uint8Array>[],
    options: RestoreOptions,
  ): Promise<Restored>;
  /**
   * The information in a backup's head, after reading and checking all of it. Rejects with
   * `rejected`.
   */
  inspect(backup: AsyncIterable<Uint8Array>): Promise<BackupInfo>;
}
