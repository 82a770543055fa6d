/** A named database of LMDB in lmdb's interface, with members that lmdb's own types omit. */
import type { Database, RootDatabase, Transaction } from 'lmdb';

/** The encodings of keys and values for lmdb. */
export const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;

/** A read transaction that several readers may share, each releasing it with `done`. */
export interface ReadTransaction extends Transaction {
  use(): void;
}

interface ReadOptions {
  readonly transaction: ReadTransaction;
}

export interface PutOptions {
  /** The key comes after all existing ones. */
  readonly append?: boolean;
  /** An existing key keeps its value. */
  readonly noOverwrite?: boolean;
}

/** Where a key lies in a longer range of bytes; one object is reused for many keys. */
export class KeySpan {
  bytes: Buffer;
  start: number;
  end: number;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }
}

/**
 * All bytes of an `ArrayBuffer`, of which those from `start` to `end` are a value; reused for many
 * values.
 */
export interface ValueSpan extends Uint8Array {
  start: number;
  end: number;
}

export interface Db extends Omit<Database<Buffer, Buffer>, 'putSync'> {
  /** False if the key exists and may not be overwritten. */
  putSync(key: Buffer | KeySpan, value: Buffer | ValueSpan, options?: PutOptions): boolean;
  readonly name: string;
  /** The seed of its records' checksums. */
  seed: number;
  /** lmdb's native part. */
  readonly db: { stat(): DatabaseStats };
  getBinary(key: Buffer, options?: ReadOptions): Buffer | undefined;
  /** The bytes are overwritten by the next read. */
  getBinaryFast(key: Buffer | KeySpan, options?: ReadOptions): Buffer | undefined;
}

export type RootDb = Db &
  RootDatabase<Buffer, Buffer> & {
    /** Ends the current read transaction and forgets the previous one. */
    _commitReadTxn(): void;
    /** Begins a read transaction, unless one is open. */
    ensureReadTxn(): void;
    /** The number of the write transaction under way. */
    getWriteTxnId(): number;
    readonly env: {
      info(): { readonly lastTxnId: number; readonly lastPageNumber: number };
      /** The write transaction under way. */
      writeTxn: unknown;
    };
  };

/** Counts of pages, unless said otherwise. */
export interface DatabaseStats {
  readonly entryCount: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
  /** Bytes. */
  readonly pageSize: number;
}

/** The same for the whole environment. */
export interface EnvironmentStats {
  readonly lastPageNumber: number;
  readonly lastTxnId: number;
  readonly numReaders: number;
  readonly root: DatabaseStats;
  readonly free: DatabaseStats;
}

export function statsOf(db: Db): DatabaseStats & EnvironmentStats {
  return db.getStats() as DatabaseStats & EnvironmentStats;
}

export function pagesOf(stats: DatabaseStats): number {
  return stats.treeBranchPageCount + stats.treeLeafPageCount + stats.overflowPages;
}
