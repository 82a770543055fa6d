/**
 * What is done to a store as a whole, from outside: so it need not be one that can be opened. Not
 * every kind of store has it.
 */

import type { KvError } from '../errors.js';
import type { WorkOptions } from './store.js';

/** What is wrong in a store, and where. What of the place does not apply is left out. */
export interface Problem {
  /** The page of the data file. */
  readonly page?: number;
  /** A part of the store that is no bucket. */
  readonly part?: string;
  readonly bucket?: string;
  readonly key?: string;
  /** What is wrong there. */
  readonly problem: string;
}

export interface CheckOptions {
  /** Stops the check, which rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told now and then how many bytes are done. */
  readonly progress?: ((bytes: number) => void) | undefined;
  /** Told each problem when it is found, and waited for. */
  found(problem: Problem): Promise<void>;
}

/** What a check has seen. */
export interface CheckResult {
  readonly problems: number;
  /**
   * Whether the moment that was checked was held against writers. Where it was not, because the store
   * cannot be opened, nobody has written meanwhile.
   */
  readonly isHeld: boolean;
  /** The last transaction of that moment. */
  readonly transaction: number;
  readonly buckets: number;
  readonly keys: number;
  /** Values in chunks, and the chunks. */
  readonly chunkedValues: number;
  readonly chunks: number;
  /** Uploads in progress, and values that await reclamation. */
  readonly uploads: number;
  readonly pageSize: number;
  readonly usedPages: number;
  readonly freePages: number;
  /** Pages that are neither used nor free: room that is lost until the store is compacted. */
  readonly lostPages: number;
}

/** A check that may begin. */
export interface StoreCheck {
  /** Bytes of the store's file. */
  readonly bytes: number;
  /**
   * Rejects with `not-a-store`, `unknown-format`, `busy` where others write and cannot be kept out,
   * `io`.
   */
  run(options: CheckOptions): Promise<CheckResult>;
}

/** What a salvage brought of a bucket. */
export interface SalvagedBucket {
  /** Its name in the new store. */
  readonly bucket: string;
  /** How many keys it had, as far as that is known. */
  readonly keys: number;
  readonly brought: number;
}

export interface SalvageResult {
  readonly buckets: readonly SalvagedBucket[];
  /** The transaction whose state was salvaged. */
  readonly transaction: number;
}

/** What a backup says of itself. */
export interface BackupInfo {
  /** When, in ms since the epoch. */
  readonly made: number;
  /** The last transaction of the moment that it holds. */
  readonly transaction: number;
  /** The last one of the backup that it continues; 0 where it is whole. */
  readonly since: number;
  /** In the byte order of the names. */
  readonly buckets: readonly { readonly name: string; readonly keys: number }[];
}

export interface BackupOptions {
  /** The bytes of a backup of this store; then the new one has what was changed since. */
  readonly earlier?: AsyncIterable<Uint8Array> | undefined;
  /** Whether nothing is to be written to the store, so that no backup can be made since this one. */
  readonly isReadOnly: boolean;
}

/** A backup in the making; writers go on meanwhile. */
export interface Backup {
  /** Why the store could not note it, so that no backup can be made since this one; else undefined. */
  readonly unnoted: KvError | undefined;
  /** Known with the first block. */
  readonly info: BackupInfo | undefined;
  /**
   * Bytes of the pages that are in use, known with the first block; an incremental backup has
   * fewer.
   */
  readonly bytes: number;
  /**
   * The backup, each block good until the next is asked for; undefined now and then, so that the caller
   * can do other work. Throws `damaged` before the first block, `io`.
   */
  blocks(): Iterable<Buffer | undefined>;
  /**
   * Writes the blocks to a file for its owner alone, which appears whole, read back and on the disk, or
   * not at all. Rejects as the blocks throw, and with `usage` for what is no file, `full`, `io`.
   */
  save(path: string, options: WorkOptions): Promise<void>;
  close(): Promise<void>;
}

export interface RestoreOptions {
  /** Whether a store that is there gives way, and is kept beside. */
  readonly replace: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Told now and then how many bytes of pages have been written. */
  readonly progress?: ((bytes: number) => void) | undefined;
}

export interface Restored {
  readonly info: BackupInfo;
  /** Where what was there before is now. */
  readonly replaced?: string;
}

/** What an upgrade has done: nothing where both formats are the same. */
export interface Upgraded {
  readonly from: number;
  readonly to: number;
  readonly buckets: number;
  readonly keys: number;
  /** Where the old data file is now. */
  readonly kept?: string;
}

/** An upgrade that may begin. */
export interface StoreUpgrade {
  /** Bytes of the store's file: about as many does the new one take. */
  readonly bytes: number;
  /**
   * Rejects with `busy` where another process has the store open, `full` where the disk has no room,
   * `damaged`, `unknown-format`, `io`, the signal's reason; then the store is as it was.
   */
  run(options: WorkOptions): Promise<Upgraded>;
}

/** What a compaction has done. */
export interface Compacted {
  /** Bytes of the store's file, before and after. */
  readonly before: number;
  readonly after: number;
}

/** A compaction that may begin. */
export interface StoreCompaction {
  /** Bytes of the store's file. */
  readonly bytes: number;
  /** How many bytes more of the disk it may take meanwhile. */
  readonly neededBytes: number;
  /** How many bytes are gone through, about. */
  readonly workBytes: number;
  /**
   * Moves all that is in use to the beginning of the file, and cuts that off behind it. Others go on: who
   * writes, or reads for long, waits or is waited for. Rejects with `busy` when patience ends, `full`,
   * `damaged`, `unknown-format`, `io`, the signal's reason; then, as at any other end, the store is as it was.
   */
  run(options: WorkOptions): Promise<Compacted>;
}

/** A process that has a store open to read. */
export interface StoreReader {
  readonly process: number;
  /** As `kv export`; absent where it is not known from here. */
  readonly name?: string;
  /** How long the process has been running, in ms; absent where it is not known from here. */
  readonly age?: number;
  /** The transaction whose state it reads, the oldest of several; absent where it reads nothing now. */
  readonly transaction?: number;
  /** Bytes that writers cannot use again as long as that state is read. */
  readonly heldBytes: number;
}

export interface Readers {
  /** The last transaction. */
  readonly transaction: number;
  /** By the number of the process; this one is not among them. */
  readonly readers: readonly StoreReader[];
  /** Processes that have ended without letting go of what they read; their places have been cleared. */
  readonly cleared: readonly number[];
}

export interface Maintenance {
  /**
   * Makes a new store at a path, of all that is sound in this one, which is left as it is: no file of it
   * is written to or made. Rejects with `no-store`, `not-a-store`, `unknown-format`, `damaged` where
   * nothing is found, `busy` where others write to it, `not-a-store` where something is at the path, and what making a store throws.
   */
  salvage(path: string, options: CheckOptions): Promise<SalvageResult>;
  /** The upgrade of a store of an older format. Throws `no-store`, `not-a-store`, `damaged`, `io`. */
  upgrade(): StoreUpgrade;
  /** A compaction of the store, in place. Rejects with `no-store`, `not-a-store`, `damaged`, `io`. */
  compaction(): Promise<StoreCompaction>;
  /** Who reads the store now. Rejects with `no-store`, `not-a-store`, `damaged`, `io`. */
  readers(): Promise<Readers>;
  /** A check of all that a store holds. Throws `no-store`, `not-a-store`, `io`. */
  check(): StoreCheck;
  /**
   * A backup. Rejects with `no-store`, `damaged`, `usage` for an earlier one of another store or of a copy that
   * went its own way, `rejected` for what is none, `io`.
   */
  backup(options: BackupOptions): Promise<Backup>;
  /**
   * Makes the store of a whole backup, and of those that continue it, in their order. Rejects with
   * `rejected`, `usage` for others, `condition-failed` where there is a store, `damaged`, `full`, `io`.
   */
  restore(
    backups: readonly AsyncIterable<Uint8Array>[],
    options: RestoreOptions,
  ): Promise<Restored>;
  /**
   * What a backup says of itself, when all of it has been seen to be sound. Rejects with
   * `rejected`.
   */
  inspect(backup: AsyncIterable<Uint8Array>): Promise<BackupInfo>;
}
