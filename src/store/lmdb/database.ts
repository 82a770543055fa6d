/** A named database of LMDB as lmdb has it, with what its own declarations leave out. */
import type { Database, RootDatabase, Transaction } from 'lmdb';

/** How lmdb is to take keys and values. */
export const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;

/** A read transaction that several readers may hold, each letting go of it with `done`. */
export interface ReadTransaction extends Transaction {
  use(): void;
}

interface ReadOptions {
  readonly transaction: ReadTransaction;
}

export interface PutOptions {
  /** The key comes after all that are there. */
  readonly append?: boolean;
  /** A key that is there keeps its value. */
  readonly noOverwrite?: boolean;
}

/** Where a key lies in a longer stretch of bytes: one object may stand for many keys in turn. */
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

/** All bytes of an `ArrayBuffer`, of which those from `start` to `end` are a value: for many values in turn. */
export interface ValueSpan extends Uint8Array {
  start: number;
  end: number;
}

export interface Db extends Omit<Database<Buffer, Buffer>, 'putSync'> {
  /** False where the key is there and is not to be overwritten. */
  putSync(key: Buffer | KeySpan, value: Buffer | ValueSpan, options?: PutOptions): boolean;
  readonly name: string;
  /** What the checksums of its records begin with. */
  seed: number;
  /** lmdb's native part. */
  readonly db: { stat(): DatabaseStats };
  getBinary(key: Buffer, options?: ReadOptions): Buffer | undefined;
  /** The bytes are overwritten by the next read. */
  getBinaryFast(key: Buffer | KeySpan, options?: ReadOptions): Buffer | undefined;
}

export type RootDb = Db &
  RootDatabase<Buffer, Buffer> & {
    /** Ends the current read transaction and forgets the one before. */
    _commitReadTxn(): void;
    /** Begins a read transaction, unless there is one. */
    ensureReadTxn(): void;
    /** The number of the write transaction under way. */
    getWriteTxnId(): number;
    readonly env: {
      info(): { readonly lastTxnId: number; readonly lastPageNumber: number };
      /** The write transaction under way. */
      writeTxn: unknown;
    };
  };

/** Counts of pages, where nothing else is said. */
export interface DatabaseStats {
  readonly entryCount: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
  /** Bytes. */
  readonly pageSize: number;
}

/** The same of the whole environment. */
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
