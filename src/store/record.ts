/**
 * What a store knows of a record, and how records are handed over. Keys are strings here, or the
 * bytes of their UTF-8; their order is that of the bytes.
 */

/** The longest key, in bytes of its UTF-8: what a page of LMDB holds twice. */
export const KEY_LIMIT_BYTES = 1978;

/** Milliseconds since the Unix epoch. */
export type Milliseconds = number;

/** The last moment at which a record may expire: the end of the year 9999. */
export const EXPIRES_LIMIT: Milliseconds = Date.UTC(10_000, 0, 1) - 1;

/**
 * A record's version: a positive number that grows with every write of its key and is never given to
 * that twice in the life of a store, also across delete and recreate.
 */
export type Version = number;

export type ValueKind = 'inline' | 'chunked';

/** What is known of a record without reading its value. */
export interface Metadata {
  /** Bytes in the value. */
  readonly size: number;
  readonly version: Version;
  readonly modified: Milliseconds;
  /** From this moment on the record is absent; undefined: it never expires. */
  readonly expires: Milliseconds | undefined;
  /** `inline`: beside its key. `chunked`: in pieces of its own, which several keys may share. */
  readonly kind: ValueKind;
}

export interface Entry extends Metadata {
  readonly key: string;
}

/** Whether a record is absent at a moment, because it has expired. */
export function isExpired({ expires }: Pick<Metadata, 'expires'>, moment: Milliseconds): boolean {
  return expires !== undefined && expires <= moment;
}

/**
 * A value as it was when it was read: a later overwrite or delete neither changes nor tears it. A
 * store that cannot keep it throws `busy` when it is read too late.
 */
export interface StoredValue extends Metadata {
  /**
   * Bytes from `position` on: at least one before the end, at most `length`, and never past the
   * chunk that holds `position`. Empty at the end. The bytes are the caller's to keep. Throws
   * `damaged`, `io`.
   */
  read(position: number, length: number): Uint8Array;
  /** Lets go of what keeps it. Idempotent. */
  close(): void;
}

/** A range of keys, as bounds on their UTF-8 bytes. */
export interface KeyRange {
  /** The first key that may be listed; absent: from the beginning. */
  readonly lower?: Uint8Array;
  /** The first key that may no longer be listed; absent: to the end. */
  readonly upper?: Uint8Array;
  /** Downward, from just below `upper` to `lower`. */
  readonly reverse?: boolean;
  /** How many are asked for at first, where that is known: no promise, but a store need not look for many more. */
  readonly first?: number;
}

/** The place of a value that is asked for by itself. */
export const ELSEWHERE = -1;

/**
 * Some records in order, so that to go through a million of them does not take millions of small
 * objects. Good until the next ones are asked for.
 */
export interface StoredRecords {
  readonly count: number;
  readonly bytes: Buffer;
  /**
   * Four numbers a record: where in `bytes` its key begins and ends, and its value. Where that is
   * not there, it begins at `ELSEWHERE`.
   */
  readonly places: Int32Array;
  /** False where it is known that none of them ever expires. */
  readonly mayExpire: boolean;
  /** The key of one of them. */
  key(position: number): string;
  /** When one of them expires; undefined: never, or it has been deleted meanwhile. */
  expires(position: number): Milliseconds | undefined;
  /**
   * What is known of one of them; undefined where it has been deleted meanwhile, which in a snapshot
   * it cannot be. Throws `damaged`, `io`.
   */
  entry(position: number): Entry | undefined;
  /**
   * The value of one of them, wherever it is, to be closed before the next records are asked for;
   * undefined as above. Throws `damaged`, `io`.
   */
  value(position: number): StoredValue | undefined;
}

/** Records for a bulk load, packed one behind the other. See `RecordBatch`. */
export interface PackedRecords {
  readonly count: number;
  /** True where the keys ascend, each once. */
  readonly ascending: boolean;
  readonly bytes: Buffer;
  /** Four numbers a record: where in `bytes` its key begins and ends, and its value. */
  readonly places: Uint32Array;
  /** When each expires, 0 for never; undefined where none does. */
  readonly expires: Float64Array | undefined;
  /** Bytes before each value that are the store's to write to. */
  readonly room: number;
}
