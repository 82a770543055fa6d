/**
 * A store of format 1, to be read as it is. It differs from format 2 in that nothing has a checksum:
 *
 *     record    u8 kind, u8 zero, u48 modified, u64 version, the bytes                                 kind 1
 *               u8 kind, u8 zero, u48 modified, u64 version, u64 value id, u64 size, u32 chunk size   kind 2
 *     chunk     under u64 value id, u32 index
 *     entry     the bytes alone
 */
import { KvError } from '../../../errors.js';
import type { Db } from '../database.js';
import type { Environment } from '../environment.js';
import { leavesOf, sound } from '../file/leaves.js';
import type { Page } from '../file/page.js';
import { tree } from '../file/tree-descriptor.js';
import {
  bucketDatabase,
  decodeBucketEntry,
  nameBounds,
  nameOfKey,
  SEQUENCE_KEY,
} from '../layout.js';
import type { Snapshot } from '../reads.js';
import type { ChunkedValue } from '../record-layout.js';
import { readU64, writeU64 } from '../u64.js';

export const OLD_FORMAT = 1;

const KIND_INLINE = 1;
const KIND_CHUNKED = 2;
const HEADER_BYTES = 16;
const CHUNKED_BYTES = HEADER_BYTES + 20;

export interface OldBucket {
  readonly name: string;
  readonly id: number;
  readonly created: number;
  readonly keys: number;
}

export interface OldRecord {
  readonly key: Buffer;
  readonly version: number;
  readonly modified: number;
  readonly value: Buffer | ChunkedValue;
}

export class OldStore {
  readonly #environment: Environment;
  readonly #snapshot: Snapshot;
  readonly #chunks: Db;

  /** `snapshot` is held by the caller; `chunks` is the database of chunks. */
  constructor(environment: Environment, snapshot: Snapshot, chunks: Db) {
    this.#environment = environment;
    this.#snapshot = snapshot;
    this.#chunks = chunks;
  }

  /** The last number issued. */
  get sequence(): number {
    const { main } = this.#environment;
    const bytes = this.#environment.reads.getCopy(main, SEQUENCE_KEY, this.#snapshot);
    if (bytes?.length === 8) return readU64(bytes, 0);
    throw this.damaged('it lacks its sequence of numbers');
  }

  /** All buckets except drafts. Throws `damaged`. */
  buckets(): OldBucket[] {
    const environment = this.#environment;
    return environment.reads
      .getKeys(environment.main, nameBounds, this.#snapshot)
      .flatMap((key) => {
        const name = nameOfKey(key);
        const entry = environment.reads.getCopy(environment.main, key, this.#snapshot);
        if (entry?.length !== 14) throw this.damaged(`where bucket "${name}" leads is damaged`);
        const { id, created } = decodeBucketEntry(entry);
        const keys = Number(this.#descriptor(id).readBigUInt64LE(tree.entries));
        return name.startsWith('\x01') ? [] : [{ name, id, created, keys }];
      });
  }

  /**
   * The records of a bucket, in order, a leaf at a time; the bytes are valid until the next. Throws
   * `damaged`, `io`.
   */
  *records({ name, id, keys }: OldBucket): Generator<OldRecord[]> {
    const environment = this.#environment;
    const newest = BigInt(environment.lastTransaction);
    const { file } = environment;
    const bounds = { lower: undefined, upper: undefined };
    const leaves = leavesOf({
      file,
      descriptor: this.#descriptor(id),
      newest,
      bounds,
      isSound: () => true,
    });
    const bytesOf = (page: Page, node: number) => sound(file, file.dataOf(page, node, newest));
    let given = 0;
    for (const { page, from, to } of leaves) {
      const records: OldRecord[] = [];
      for (let node = from; node < to; node++) {
        records.push(this.#decoded(name, page.key(node), bytesOf(page, node)));
      }
      yield records;
      given += records.length;
    }
    if (given === keys) return;
    throw this.damaged(`the keys of bucket "${name}" are ${keys}, of which ${given} can be read`);
  }

  /** One chunk of a value. Throws `damaged`. */
  chunk({ valueId, size, chunkSize }: ChunkedValue, index: number): Buffer {
    const key = Buffer.alloc(12);
    writeU64(key, valueId, 0);
    key.writeUInt32BE(index, 8);
    const chunk = this.#environment.reads.getCopy(this.#chunks, key, this.#snapshot);
    const length = Math.min(chunkSize, size - index * chunkSize);
    if (chunk && chunk.length >= length) return chunk.subarray(0, length);
    throw this.damaged(`chunk ${index} of value ${valueId} is missing`);
  }

  damaged(state: string): KvError {
    const { path } = this.#environment;
    return new KvError('damaged', `cannot upgrade store "${path}": damaged: ${state}`);
  }

  #decoded(bucket: string, key: Buffer, bytes: Buffer): OldRecord {
    const isInline = bytes[0] === KIND_INLINE && bytes.length >= HEADER_BYTES;
    if (!isInline && !(bytes[0] === KIND_CHUNKED && bytes.length === CHUNKED_BYTES)) {
      throw this.damaged(`the header of "${key}" in bucket "${bucket}"`);
    }
    const stamp = { key, modified: bytes.readUIntBE(2, 6), version: readU64(bytes, 8) };
    if (isInline) return { ...stamp, value: bytes.subarray(HEADER_BYTES) };
    const valueId = readU64(bytes, HEADER_BYTES);
    const size = readU64(bytes, HEADER_BYTES + 8);
    const chunkSize = bytes.readUInt32BE(HEADER_BYTES + 16);
    if (chunkSize > 0) return { ...stamp, value: { valueId, size, chunkSize } };
    throw this.damaged(`the header of "${key}" in bucket "${bucket}"`);
  }

  #descriptor(id: number): Buffer {
    const name = bucketDatabase(id);
    const environment = this.#environment;
    return environment.databases.descriptor({ name } as Db, this.#snapshot);
  }
}
