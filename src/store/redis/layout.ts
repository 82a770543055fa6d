/**
 * A store on a Redis server or a Redis Cluster: how it is reached, and what lies where.
 *
 * The port is synchronous and a network is not. A port whose operations may return a promise would cost
 * LMDB's hot paths a turn of the event loop each, and WASI 0.2 is synchronous above it. So the client, of
 * the field, runs in a worker thread, and the thread of the port waits for it by `Atomics.wait` (`bridge.ts`):
 * 25 µs a call, beside the network's own time. Whatever is many (get-many, loads, pages, chunks) therefore
 * crosses in one call, as requests that are sent without waiting for each other. The worker knows the wire:
 * slots, connections, retries, the scripts' texts (`wire/`). What is here knows the layout, and is code like
 * LMDB's. The worker has a file of its own, which nothing but such a store loads.
 *
 * A bucket is spread over shards, each a hash tag of its own, `{PREFIX.ID.SHARD}`, and a key lies in the one
 * that its hash names. So all parts of a record share a slot, and each operation on it is one script:
 *   TAG:m    a hash: `rev`, `v` the last version, `n` keys, `b` bytes
 *   TAG:r    a hash: key → record
 *   TAG:k    a sorted set of the keys, score 0, which gives byte order and ranges
 *   TAG:x    a sorted set: key → when it expires; a field of a hash cannot, in Redis 7.0
 *   TAG:t:C  what the last write of client C answered, for two minutes: a write that is sent again, since
 *            its answer was lost, is not made again
 *   TAG:c:U:I  chunk I of upload U, behind four bytes of its CRC-32
 * A record is a header of `HEADER_BYTES` and its value; where that is long, how long a chunk is and the id
 * of an upload. Chunks are written first, to expire in a day; the script that sets the record has them stay.
 * Those of a record that is replaced go after ten minutes, so that its readers can end; who reads for longer
 * is told `busy`, and never given torn bytes.
 *
 * The catalogue lies in one slot, `{PREFIX}`: a hash of names → id, rev, shards, when it was made (`:c`); a
 * hash of what is to be deleted (`:g`); the format and the last number given (`:f`). A client remembers what a
 * name leads to. So that this is never out of date, each shard has the bucket's `rev`, which grows when the
 * bucket is renamed or deleted, and refuses who comes with an older one.
 *
 * Keys that a script makes names of itself (chunks) are in the slot of those that it declares.
 */
import { fnv1a } from '../fnv1a.js';
import type { KeyRange, Metadata } from '../record.js';

/** The format, raised with every change that older programs cannot read. */
export const FORMAT = 1;

/** Shards of a new bucket by default. */
export const SHARDS = 16;

/** The longest value that is stored beside its key, in bytes. */
export const INLINE_BYTES = 32 * 1024;

/** Bytes of a value in each chunk except the last. */
export const CHUNK_BYTES = 256 * 1024;

/** Bytes before each chunk: its CRC-32. */
export const CHUNK_HEADER_BYTES = 4;

/** How long chunks without a record live, in seconds. */
export const UPLOAD_SECONDS = 24 * 60 * 60;

/** kind, CRC-32, version, modified, expires, size; see `RecordHeader`. */
export const HEADER_BYTES = 1 + 4 + 4 * 8;

/** The rev of a deleted bucket: no client has a newer one. */
export const DEAD = Number.MAX_SAFE_INTEGER;

/** `counted`: inline, the text of a counter written by a script, without a checksum. */
export const kinds = { inline: 0, chunked: 1, counted: 2 } as const;

export interface RecordHeader extends Metadata {
  /** One of `kinds`. */
  readonly stored: number;
  /** Of an inline value. */
  readonly checksum: number;
}

/** Decodes the header before a record's value. */
export function readHeader(record: Buffer): RecordHeader {
  const stored = record[0]!;
  const expires = record.readDoubleBE(21);
  return {
    stored,
    checksum: record.readUInt32BE(1),
    version: record.readDoubleBE(5),
    modified: record.readDoubleBE(13),
    expires: expires === 0 ? undefined : expires,
    size: record.readDoubleBE(29),
    kind: stored === kinds.chunked ? 'chunked' : 'inline',
  };
}

/** The metadata in a header. */
export function metadataOf({ size, version, modified, expires, kind }: RecordHeader): Metadata {
  return { size, version, modified, expires, kind };
}

/** Where the chunks of a record are. */
export interface Manifest {
  readonly upload: string;
  /** Bytes of the value in each chunk except the last. */
  readonly chunkBytes: number;
}

export function encodeManifest({ upload, chunkBytes }: Manifest): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(4 + upload.length);
  bytes.writeUInt32BE(chunkBytes);
  bytes.write(upload, 4, 'latin1');
  return bytes;
}

export function readManifest(record: Buffer): Manifest {
  return {
    chunkBytes: record.readUInt32BE(HEADER_BYTES),
    upload: record.toString('latin1', HEADER_BYTES + 4),
  };
}

/** The keys of a part of a bucket that shares a slot. */
export class Shard {
  readonly tag: string;

  constructor(prefix: string, id: number, number: number) {
    this.tag = `{${prefix}.${id}.${number}}`;
  }

  /** In the order in which every script takes them. */
  get keys(): string[] {
    return ['m', 'r', 'k', 'x'].map((part) => `${this.tag}:${part}`);
  }

  chunk(upload: string, index: number): string {
    return `${this.tag}:c:${upload}:${index}`;
  }
}

/** The shard of a key: FNV-1a over its UTF-8. */
export function shardOf(key: Uint8Array, shards: number): number {
  const hash = fnv1a(key);
  // The low bits of FNV are its weakest.
  return ((hash ^ (hash >>> 15)) >>> 0) % shards;
}

/** The bounds of a range for `ZRANGEBYLEX`: the lower one is inclusive, the upper one exclusive. */
export function boundsOf({
  lower,
  upper,
}: KeyRange): [lower: Buffer | string, upper: Buffer | string] {
  return [
    lower ? Buffer.concat([Buffer.from('['), lower]) : '-',
    upper ? Buffer.concat([Buffer.from('('), upper]) : '+',
  ];
}
