/**
 * A value of a store on Redis: it came with its record, or its chunks are fetched as they are read.
 */
import { crc32 } from 'node:zlib';
import { KvError } from '../../errors.js';
import type { Milliseconds, StoredValue, Version } from '../record.js';
import type { Bridge } from './bridge.js';
import {
  CHUNK_HEADER_BYTES,
  HEADER_BYTES,
  kinds,
  type Manifest,
  readHeader,
  readManifest,
  type Shard,
} from './layout.js';

/** Chunks that are fetched together for a reader who reads in order. */
const AHEAD = 8;

/** Where a record comes from. */
export interface Origin {
  readonly bridge: Bridge;
  readonly shard: Shard;
  readonly key: string;
}

/** The value of a record. Throws `damaged`. */
export function valueOf(record: Buffer, origin: Origin): StoredValue {
  const { stored, checksum, ...metadata } = readHeader(record);
  if (stored === kinds.chunked) return new ChunkedValue(metadata, readManifest(record), origin);
  const bytes = record.subarray(HEADER_BYTES);
  const isSound = bytes.length === metadata.size;
  if (!isSound || (stored === kinds.inline && crc32(bytes) !== checksum)) {
    throw damaged(origin.key, 'its value is not what was written');
  }
  return new InlineValue(metadata, bytes);
}

type Known = Omit<StoredValue, 'read' | 'close'>;

abstract class RedisValue implements StoredValue {
  readonly size: number;
  readonly version: Version;
  readonly modified: Milliseconds;
  readonly expires: Milliseconds | undefined;
  readonly kind: StoredValue['kind'];

  constructor({ size, version, modified, expires, kind }: Known) {
    this.size = size;
    this.version = version;
    this.modified = modified;
    this.expires = expires;
    this.kind = kind;
  }

  abstract read(position: number, length: number): Uint8Array;

  close(): void {}
}

class InlineValue extends RedisValue {
  readonly #bytes: Buffer;

  constructor(known: Known, bytes: Buffer) {
    super(known);
    this.#bytes = bytes;
  }

  read(position: number, length: number): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(position, position + length));
  }
}

class ChunkedValue extends RedisValue {
  readonly #manifest: Manifest;
  readonly #origin: Origin;
  /** The chunks fetched last, by number. */
  #chunks = new Map<number, Buffer>();
  #lastRead = -1;

  constructor(known: Known, manifest: Manifest, origin: Origin) {
    super(known);
    this.#manifest = manifest;
    this.#origin = origin;
  }

  read(position: number, length: number): Uint8Array {
    if (position >= this.size || length <= 0) return new Uint8Array(0);
    const { chunkBytes } = this.#manifest;
    const index = Math.floor(position / chunkBytes);
    const start = position - index * chunkBytes;
    return new Uint8Array(this.#chunk(index).subarray(start, start + length));
  }

  override close(): void {
    this.#chunks.clear();
  }

  #chunk(index: number): Buffer {
    const found = this.#chunks.get(index);
    if (found) return found;
    // A reader who has not read the chunk before may want only this one.
    const isInOrder = index === 0 || index === this.#lastRead + 1 || this.#chunks.has(index - 1);
    this.#fetch(index, isInOrder && index > 0 ? AHEAD : 1);
    this.#lastRead = index;
    return this.#chunks.get(index)!;
  }

  #fetch(first: number, count: number): void {
    const { bridge, shard, key } = this.#origin;
    const { upload, chunkBytes } = this.#manifest;
    const end = Math.min(first + count, Math.ceil(this.size / chunkBytes));
    const names = Array.from({ length: end - first }, (_, at) => shard.chunk(upload, first + at));
    const action = `read "${key}"`;
    const replies = bridge.call(
      action,
      names.map((name) => ({ kind: 'command', words: ['GET', name], key: name, writes: false })),
    );
    this.#chunks = new Map(
      replies.map((reply, at) => {
        const index = first + at;
        const length = Math.min(chunkBytes, this.size - index * chunkBytes);
        if (reply === undefined) {
          throw new KvError('busy', `cannot ${action}: its value was replaced while it was read`);
        }
        const chunk = reply as Buffer;
        const bytes = chunk.subarray(CHUNK_HEADER_BYTES);
        if (bytes.length !== length || crc32(bytes) !== chunk.readUInt32BE()) {
          throw damaged(key, 'a part of its value is not what was written');
        }
        return [index, bytes] as const;
      }),
    );
    this.#lastRead = end - 1;
  }
}

/**
 * A value for an error message: as much of it as a script gave, and its size in bytes and version
 * if known.
 */
export function toldValue(
  bytes: Buffer,
  { size = bytes.length, version = 0 }: { readonly size?: number; readonly version?: Version } = {},
): StoredValue {
  return new InlineValue({ size, version, modified: 0, expires: undefined, kind: 'inline' }, bytes);
}

function damaged(key: string, state: string): KvError {
  return new KvError('damaged', `cannot read "${key}": ${state}`);
}
