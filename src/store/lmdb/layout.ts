/**
 * The layout on disk, format 1. All numbers are big-endian, so that their order is that of their
 * bytes.
 *
 *     main database    "format"        u64
 *                      "sequence"      u64   the last number given: versions, bucket and value ids
 *                      "name/" + NAME  u64 bucket id, u48 created
 *     "bucket/" + ID   key             record, see below
 *     "chunks"         u64 value id, u32 index    the bytes of one chunk
 *     "values"         u64 value id               u64 how many records hold the value
 *     "uploads"        u64 value id               JSON: its owner, how many chunks records keep
 *
 * A bucket is found by name through its entry in the main database, so that renaming one, or
 * putting a new content in its place, is one write. A record is a header and the value, or what
 * leads to the value's chunks:
 *
 *     u8 kind, u8 zero, u48 modified, u64 version, the bytes                                 inline
 *     u8 kind, u8 zero, u48 modified, u64 version, u64 value id, u64 size, u32 chunk size   chunked
 */
import { KvError } from '../../errors.js';
import type { Metadata } from '../record.js';

/** The name of LMDB's file in a store's folder. */
export const DATA_FILE = 'data.mdb';
export const LOCK_FILE = 'lock.mdb';

/** The number of this layout. */
export const FORMAT = 1;

/** The largest value that is kept beside its key, in bytes. */
export const INLINE_LIMIT_BYTES = 64 * 1024;

/** A chunk and LMDB's 24 bytes of page header fill 64 pages of 4 KiB, with nothing left over. */
export const CHUNK_SIZE_BYTES = 64 * 4096 - 24;

/** The largest file a store may become, in bytes: as much address space is set aside for it. */
export const STORE_LIMIT_BYTES = 2 ** 40;

/** How many buckets a store may hold: each takes a slot in every process that opens the store. */
export const BUCKET_LIMIT = 10_000;

export const FORMAT_KEY = Buffer.from('format');
export const SEQUENCE_KEY = Buffer.from('sequence');
export const internalDatabases = ['chunks', 'values', 'uploads'] as const;

const NAME_PREFIX = Buffer.from('name/');

/** The names of all buckets lie between these two. */
export const nameBounds = { start: NAME_PREFIX, end: Buffer.from('name0') } as const;

export function nameKey(name: string): Buffer {
  return Buffer.concat([NAME_PREFIX, Buffer.from(name)]);
}

export function nameOfKey(key: Uint8Array): string {
  return Buffer.from(key).subarray(NAME_PREFIX.length).toString();
}

export function bucketDatabase(id: number): string {
  return `bucket/${id}`;
}

/** Where a bucket's name leads. */
export interface BucketEntry {
  readonly id: number;
  readonly created: number;
}

export function encodeBucketEntry({ id, created }: BucketEntry): Buffer {
  const bytes = Buffer.alloc(14);
  writeU64(bytes, id, 0);
  bytes.writeUIntBE(created, 8, 6);
  return bytes;
}

export function decodeBucketEntry(bytes: Buffer): BucketEntry {
  return { id: readU64(bytes, 0), created: bytes.readUIntBE(8, 6) };
}

export function encodeU64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  writeU64(bytes, value, 0);
  return bytes;
}

export function decodeU64(bytes: Buffer): number {
  return readU64(bytes, 0);
}

/** The key of one chunk; that of index 0 comes before all others of the value. */
export function chunkKey(valueId: number, index: number): Buffer {
  const bytes = Buffer.allocUnsafe(12);
  writeU64(bytes, valueId, 0);
  bytes.writeUInt32BE(index, 8);
  return bytes;
}

const KIND_INLINE = 1;
const KIND_CHUNKED = 2;
/** Bytes of an inline record before its value. */
export const INLINE_HEADER_BYTES = 16;
const CHUNKED_BYTES = INLINE_HEADER_BYTES + 20;

/** What leads to a value's chunks. */
export interface ChunkedValue {
  readonly valueId: number;
  readonly size: number;
  readonly chunkSize: number;
}

export interface Header extends Metadata {
  /** Present where the value is in chunks. */
  readonly chunked?: ChunkedValue;
}

/** When and as what number a record was written. */
export type Stamp = Pick<Metadata, 'version' | 'modified'>;

export function encodeInline(stamp: Stamp, value: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(INLINE_HEADER_BYTES + value.length);
  writeHeader(bytes, KIND_INLINE, stamp);
  bytes.set(value, INLINE_HEADER_BYTES);
  return bytes;
}

/** Makes bytes an inline record whose first 16 have been left free for the header. */
export function stampInline(record: Buffer, stamp: Stamp): void {
  writeHeader(record, KIND_INLINE, stamp);
}

export function encodeChunked(stamp: Stamp, value: ChunkedValue): Buffer {
  const bytes = Buffer.allocUnsafe(CHUNKED_BYTES);
  writeHeader(bytes, KIND_CHUNKED, stamp);
  writeU64(bytes, value.valueId, INLINE_HEADER_BYTES);
  writeU64(bytes, value.size, INLINE_HEADER_BYTES + 8);
  bytes.writeUInt32BE(value.chunkSize, INLINE_HEADER_BYTES + 16);
  return bytes;
}

/** Reads a record's header. Throws `damaged` for bytes that are no record. */
export function decodeHeader(bytes: Buffer, length = bytes.length): Header {
  const kind = length < INLINE_HEADER_BYTES ? undefined : bytes[0];
  const stamp = kind && { modified: bytes.readUIntBE(2, 6), version: readU64(bytes, 8) };
  if (stamp && kind === KIND_INLINE) {
    return { kind: 'inline', size: length - INLINE_HEADER_BYTES, ...stamp };
  }
  if (stamp && kind === KIND_CHUNKED && length === CHUNKED_BYTES) {
    const chunked = {
      valueId: readU64(bytes, INLINE_HEADER_BYTES),
      size: readU64(bytes, INLINE_HEADER_BYTES + 8),
      chunkSize: bytes.readUInt32BE(INLINE_HEADER_BYTES + 16),
    };
    return { kind: 'chunked', size: chunked.size, ...stamp, chunked };
  }
  throw new KvError('damaged', 'cannot read a record: its header is damaged');
}

/** Where in `bytes` the value of a record begins that is inline; undefined for any other. */
export function inlineValueStart(bytes: Buffer, start: number, size: number): number | undefined {
  return bytes[start] === KIND_INLINE && size >= INLINE_HEADER_BYTES
    ? start + INLINE_HEADER_BYTES
    : undefined;
}

/** The value of an inline record: the caller's own copy. */
export function copyInlineValue(bytes: Buffer, length: number): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes, INLINE_HEADER_BYTES, length);
}

function writeHeader(bytes: Buffer, kind: number, { version, modified }: Stamp): void {
  bytes[0] = kind;
  bytes[1] = 0;
  bytes.writeUIntBE(modified, 2, 6);
  writeU64(bytes, version, 8);
}

// A number holds 53 bits exactly, which no sequence reaches: BigInt would cost an allocation each.
function writeU64(bytes: Buffer, value: number, offset: number): void {
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), offset);
  bytes.writeUInt32BE(value % 2 ** 32, offset + 4);
}

function readU64(bytes: Buffer, offset: number): number {
  return bytes.readUInt32BE(offset) * 2 ** 32 + bytes.readUInt32BE(offset + 4);
}
