/**
 * A record in a store, and how records are passed. Keys are strings here, or the bytes of their
 * UTF-8; they are ordered by these bytes.
 */

/** The longest key, in bytes of its UTF-8: a page of LMDB holds two. */
export const KEY_LIMIT_BYTES = 1978;

/** Milliseconds since the Unix epoch. */
export type Milliseconds = number;

/** The latest time at which a record may expire: the end of the year 9999. */
export const EXPIRES_LIMIT: Milliseconds = Date.UTC(10_000, 0, 1) - 1;

/**
 * A record's version: a positive number that grows with every write of its key, and is never reused
 * for the key in the life of a store, even after it was deleted.
 */
export type Version = number;

export type ValueKind = 'inline' | 'chunked';

/** The metadata of a record, known without reading its value. */
export interface Metadata {
  /** Bytes in the value. */
  readonly size: number;
  readonly version: Version;
  readonly modified: Milliseconds;
  /** From this time on the record is absent; undefined: it never expires. */
  readonly expires: Milliseconds | undefined;
  /** `inline`: beside its key. `chunked`: in separate chunks, which several keys may share. */
  readonly kind: ValueKind;
}

/** The version of a record, and when it was written and expires. */
export type Stamp = Pick<Metadata, 'version' | 'modified' | 'expires'>;

export interface Entry extends Metadata {
  readonly key: string;
}

/** Whether a record has expired at a moment, and so is absent. */
export function isExpired({ expires }: Pick<Metadata, 'expires'>, moment: Milliseconds): boolean {
  return expires !== undefined && expires <= moment;
}

/**
 * A value as it was when it was read: later writes neither change nor tear it. A store that cannot
 * keep it throws `busy` when it is read too late.
 */
export interface StoredValue extends Metadata {
  /**
   * Bytes from `position` on: at least one before the end, at most `length`, and never past the end
   * of a chunk. Empty at the end. The bytes belong to the caller. Throws `damaged`, `io`.
   */
  read(position: number, length: number): Uint8Array;
  /** Releases the value. Idempotent. */
  close(): void;
}

/** A range of keys, as bounds on their UTF-8 bytes. */
export interface KeyRange {
  /** The first possible key; absent: from the beginning. */
  readonly lower?: Uint8Array;
  /** The first key after the range; absent: to the end. */
  readonly upper?: Uint8Array;
  /** In descending order, from just below `upper` to `lower`. */
  readonly reverse?: boolean;
  /** How many are wanted at first, if known: only a hint that a store need not look for more. */
  readonly first?: number;
}

/** The place of a value that has to be read by itself. */
export const ELSEWHERE = -1;

/**
 * Some records in order, packed so that a million of them are not millions of small objects. Valid
 * until the next ones are asked for.
 */
export interface StoredRecords {
  readonly count: number;
  readonly bytes: Buffer;
  /**
   * Four numbers a record: where in `bytes` its key begins and ends, and its value. A value that is
   * elsewhere begins at `ELSEWHERE`.
   */
  readonly places: Int32Array;
  /** False if it is known that none of them expires. */
  readonly mayExpire: boolean;
  /** The key of a record. */
  key(position: number): string;
  /** When a record expires; undefined: never, or it has been deleted meanwhile. */
  expires(position: number): Milliseconds | undefined;
  /**
   * The entry of a record; undefined if it has been deleted meanwhile, which cannot happen in a
   * snapshot. Throws `damaged`, `io`.
   */
  entry(position: number): Entry | undefined;
  /**
   * The value of a record, wherever it is, to be closed before the next records are asked for;
   * undefined as above. Throws `damaged`, `io`.
   */
  value(position: number): StoredValue | undefined;
}

/** Packed records for a bulk load. See `RecordBatch`. */
export interface PackedRecords {
  readonly count: number;
  /** Whether the keys ascend without repetitions. */
  readonly ascending: boolean;
  readonly bytes: Buffer;
  /** Four numbers a record: where in `bytes` its key begins and ends, and its value. */
  readonly places: Uint32Array;
  /** When each expires, 0 for never; undefined if none does. */
  readonly expires: Float64Array | undefined;
  /** Bytes before each value for the store's own use. */
  readonly room: number;
}
