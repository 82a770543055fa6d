/**
 * The layout on disk, format 2. All numbers are big-endian, so that their order is that of their
 * bytes.
 *
 *     main database    "format"        u64
 *                      "sequence"      entry: u64, the last number given: versions, bucket and value ids
 *                      "name/" + NAME  entry: u64 bucket id, u48 created
 *                      "size/" + TREE  entry: u64 entries, u64 pages: of each tree that has a name
 *                      "backups"       entry: the store's identity, and those of its last backups: 16 bytes each
 *     "bucket/" + ID   key             record, see below
 *     "chunks"         u64 value id, u32 index, u32 checksum    the bytes of one chunk
 *     "values"         u64 value id               entry: u64, how many records hold the value
 *     "uploads"        u64 value id               entry: JSON: its owner, how many chunks records keep
 *     "expires"        u48 expires, u64 version   entry: u64 bucket id, the key
 *
 * A bucket is found by name through its entry in the main database, so that renaming one, or
 * putting a new content in its place, is one write. The last tree has an entry for each record that expires,
 * drafts included; it is made with the first of them. An entry is a checksum, u32, and the bytes. A record
 * is a header and the value, or what leads to the value's chunks, see record-layout.ts:
 *
 *     u32 checksum, u8 kind, u8 flags, u48 modified, u64 version, u48 expires where a flag says so,
 *     and then    the bytes                                   kind 1: up to 1 KiB
 *                 u64 value id, u64 size, u32 chunk size      kind 2: in chunks
 *                 u32 checksum of the bytes, the bytes        kind 3: up to 64 KiB
 *
 * A checksum covers the tree's name, the key, and all that stands behind it but the bytes of kind 3,
 * so that those need not be read where the rest is asked for. That of a chunk covers its value's id, its
 * index and its bytes; it stands in the key, so that the chunk fills whole pages.
 */
import { recordSum, sumOfBytes, viewOf, viewOfKey } from './checksum.js';
import { readU64, writeU64 } from './u64.js';

/** The name of LMDB's file in a store's folder. */
export const DATA_FILE = 'data.mdb';
export const LOCK_FILE = 'lock.mdb';

/** The number of this layout. */
export const FORMAT = 2;

/** The largest value that is kept beside its key, in bytes. */
export const INLINE_LIMIT_BYTES = 64 * 1024;

/** A chunk and LMDB's 24 bytes of page header fill 64 pages of 4 KiB, with nothing left over. */
export const CHUNK_SIZE_BYTES = 64 * 4096 - 24;

/** The largest file of a store, in bytes: this much address space is reserved for it. */
export const STORE_LIMIT_BYTES = 2 ** 40;

/** The most buckets in a store: each takes a slot in every process that opens the store. */
export const BUCKET_LIMIT = 10_000;

export const FORMAT_KEY = Buffer.from('format');
export const SEQUENCE_KEY = Buffer.from('sequence');
/** Exists from the first backup on. */
export const BACKUPS_KEY = Buffer.from('backups');
export const internalDatabases = ['chunks', 'values', 'uploads'] as const;

/** The tree that exists from the first expiring record on. */
export const EXPIRY_DATABASE = 'expires';

const NAME_PREFIX = Buffer.from('name/');

/** The names of all buckets lie between these two keys. */
export const nameBounds = { start: NAME_PREFIX, end: Buffer.from('name0') } as const;

/** The key in the main database of a tree's descriptor. */
export function treeKey(tree: string): Buffer {
  return Buffer.from(`${tree}\0`);
}

export function nameKey(name: string): Buffer {
  return Buffer.concat([NAME_PREFIX, Buffer.from(name)]);
}

/** Whether a key of the main tree belongs to a name. */
export function isNameKey(key: Uint8Array): boolean {
  return Buffer.compare(key, nameBounds.start) >= 0 && Buffer.compare(key, nameBounds.end) < 0;
}

export function nameOfKey(key: Uint8Array): string {
  return Buffer.from(key).subarray(NAME_PREFIX.length).toString();
}

export function bucketDatabase(id: number): string {
  return `bucket/${id}`;
}

/** The id of the bucket with this tree; undefined for another tree. */
export function bucketIdOf(tree: string): number | undefined {
  const id = Number(/^bucket\/([1-9]\d*)$/.exec(tree)?.[1]);
  return Number.isSafeInteger(id) ? id : undefined;
}

/** Bytes of a bucket's entry. */
export const BUCKET_ENTRY_BYTES = 14;

/** The entry of a bucket's name. */
export interface BucketEntry {
  readonly id: number;
  readonly created: number;
}

export function encodeBucketEntry({ id, created }: BucketEntry): Buffer {
  const bytes = Buffer.alloc(BUCKET_ENTRY_BYTES);
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

/** An entry: a checksum, then the bytes. */
export function sealEntry(seed: number, key: Buffer, bytes: Buffer): Buffer {
  const entry = Buffer.allocUnsafe(4 + bytes.length);
  entry.set(bytes, 4);
  const view = viewOf(entry);
  view.setInt32(0, recordSum(seed, viewOfKey(key), 0, key.length, view, 4, entry.length));
  return entry;
}

/** The bytes of an entry; undefined if its checksum does not match. */
export function openEntry(seed: number, key: Buffer, entry: Buffer): Buffer | undefined {
  if (entry.length < LEAST_ENTRY_BYTES) return undefined;
  const view = viewOf(entry);
  const sum = recordSum(seed, viewOfKey(key), 0, key.length, view, 4, entry.length);
  return view.getInt32(0) === sum ? entry.subarray(4) : undefined;
}

/** The shortest input of a checksum, in bytes. */
const LEAST_ENTRY_BYTES = 12;

/** The size of a tree. */
export interface TreeSize {
  readonly entries: number;
  readonly pages: number;
}

const SIZE_PREFIX = 'size/';
const SIZE_BYTES = 16;

/** The key in the main database of a tree's size. */
export function sizeKey(tree: string): Buffer {
  return Buffer.from(SIZE_PREFIX + tree);
}

/** The tree whose size is under a key of the main tree; undefined for another key. */
export function treeOfSizeKey(key: Buffer): string | undefined {
  const isSize = key.toString('latin1', 0, SIZE_PREFIX.length) === SIZE_PREFIX;
  return isSize ? key.toString('latin1', SIZE_PREFIX.length) : undefined;
}

export function encodeTreeSize({ entries, pages }: TreeSize): Buffer {
  return Buffer.concat([encodeU64(entries), encodeU64(pages)]);
}

/** Undefined for bytes that are not a size. */
export function decodeTreeSize(bytes: Buffer): TreeSize | undefined {
  if (bytes.length !== SIZE_BYTES) return undefined;
  return { entries: readU64(bytes, 0), pages: readU64(bytes, 8) };
}

/** The parts of a chunk's key. */
export interface ChunkName {
  readonly valueId: number;
  readonly index: number;
  readonly checksum: number;
}

/** A lower bound for the key of a chunk; that of index 0 comes before all others of the value. */
export function chunkBound(valueId: number, index: number): Buffer {
  const bytes = Buffer.alloc(CHUNK_KEY_BYTES);
  writeU64(bytes, valueId, 0);
  bytes.writeUInt32BE(index, 8);
  return bytes;
}

/** The key of a chunk. */
export function chunkKey(valueId: number, index: number, chunk: Uint8Array): Buffer {
  const bytes = chunkBound(valueId, index);
  bytes.writeUInt32BE(sumOfChunk(valueId, index, chunk), 12);
  return bytes;
}

/** The parts of a chunk's key; undefined for another key. */
export function decodeChunkKey(key: Buffer): ChunkName | undefined {
  if (key.length !== CHUNK_KEY_BYTES) return undefined;
  return {
    valueId: readU64(key, 0),
    index: key.readUInt32BE(8),
    checksum: key.readUInt32BE(12),
  };
}

/** The checksum in the key of a chunk. */
export function sumOfChunk(valueId: number, index: number, chunk: Uint8Array): number {
  return sumOfBytes(chunk, sumOfBytes(chunkBound(valueId, index).subarray(0, 12)));
}

const CHUNK_KEY_BYTES = 16;

/** An entry of the index by time. */
export interface ExpiryEntry {
  readonly expires: number;
  /** The record's version, which is unique. */
  readonly version: number;
  readonly bucketId: number;
  readonly key: Buffer;
}

/** The key of an entry of the index; without a version, a bound before all of that time. */
export function expiryKey(expires: number, version = 0): Buffer {
  const bytes = Buffer.alloc(EXPIRY_KEY_BYTES);
  bytes.writeUIntBE(expires, 0, 6);
  writeU64(bytes, version, 6);
  return bytes;
}

/** The contents of an entry of the index. */
export function encodeExpiry({ bucketId, key }: Pick<ExpiryEntry, 'bucketId' | 'key'>): Buffer {
  return Buffer.concat([encodeU64(bucketId), key]);
}

/** Decodes an entry of the index; undefined if its checksum does not match. */
export function decodeExpiry(seed: number, key: Buffer, entry: Buffer): ExpiryEntry | undefined {
  const bytes = key.length === EXPIRY_KEY_BYTES ? openEntry(seed, key, entry) : undefined;
  if (bytes === undefined) return undefined;
  return {
    expires: key.readUIntBE(0, 6),
    version: readU64(key, 6),
    bucketId: readU64(bytes, 0),
    key: bytes.subarray(8),
  };
}

const EXPIRY_KEY_BYTES = 14;
