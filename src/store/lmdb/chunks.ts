/**
 * Values in chunks: writing and reading the chunks, counting who holds a value, and giving back
 * what nobody holds. What is to be given back is first registered among the uploads, so that it is
 * found again however this process ends.
 */
import { KvError } from '../../errors.js';
import { type Db, statsOf } from './database.js';
import type { Environment, Snapshot } from './environment.js';
import { CHUNK_SIZE_BYTES, type ChunkedValue, chunkKey, decodeU64, encodeU64 } from './layout.js';
import { isAlive, type Owner, thisProcess } from './process-identity.js';

/** Chunks deleted in one transaction: about 256 MiB, some hundred KiB of freed page numbers. */
const RECLAIM_STEP_CHUNKS = 1024;

/** The entry of a value that has no owner left and awaits reclamation. */
const unowned = Buffer.alloc(0);

export class Chunks {
  readonly #environment: Environment;
  #garbage = false;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Writes bytes that begin at a chunk's boundary, `position` bytes into the value. */
  write(valueId: number, position: number, bytes: Uint8Array): void {
    const chunks = this.#database('chunks');
    for (let offset = 0; offset < bytes.length; offset += CHUNK_SIZE_BYTES) {
      const index = (position + offset) / CHUNK_SIZE_BYTES;
      const chunk = bytes.subarray(offset, offset + CHUNK_SIZE_BYTES);
      chunks.putSync(
        chunkKey(valueId, index),
        Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length),
      );
    }
  }

  /** One chunk of a value. Throws `damaged` where it is missing or short. */
  read(value: ChunkedValue, index: number, snapshot: Snapshot): Buffer {
    const key = chunkKey(value.valueId, index);
    const chunk = this.#environment.readCopy(this.#database('chunks'), key, snapshot);
    const length = Math.min(value.chunkSize, value.size - index * value.chunkSize);
    // The last chunk may have grown since: a later set of the same value took more of it.
    if (chunk && chunk.length >= length) return chunk.subarray(0, length);
    throw new KvError('damaged', `cannot read a value: chunk ${index} of it is missing`);
  }

  /** One more record holds the value. */
  retain(valueId: number): void {
    this.#setHolders(valueId, this.#holders(valueId) + 1);
  }

  /** One record fewer holds the value; the last one leaves it to `reclaim`. */
  release(valueId: number): void {
    const holders = this.#holders(valueId) - 1;
    this.#setHolders(valueId, holders);
    if (holders === 0 && !this.#database('uploads').doesExist(encodeU64(valueId))) {
      this.#discard(valueId);
    }
  }

  /** Marks a value as this process's own while it is being uploaded, or renews the mark. */
  registerUpload(valueId: number): void {
    const owner = Buffer.from(JSON.stringify(thisProcess()));
    this.#database('uploads').putSync(encodeU64(valueId), owner);
  }

  /** Ends an upload: what no record holds is left to `reclaim`. */
  endUpload(valueId: number): void {
    if (this.#holders(valueId) > 0) this.#database('uploads').removeSync(encodeU64(valueId));
    else this.#discard(valueId);
  }

  /**
   * Gives back every value that nobody holds and whose owner is gone, in steps of bounded size.
   * Not within a transaction. `always` looks even where this process has left nothing.
   */
  reclaim(always = false): void {
    if (this.#environment.inTransaction || !(always || this.#garbage)) return;
    this.#garbage = false;
    const uploads = this.#database('uploads');
    for (const key of this.#environment.reading(() => [...uploads.getKeys()])) {
      const valueId = decodeU64(key);
      while (this.#reclaimStep(uploads, valueId)) {}
    }
  }

  /** Uploads in progress, and values that await reclamation. */
  countUploads(): number {
    return statsOf(this.#database('uploads')).entryCount;
  }

  countValues(): number {
    return statsOf(this.#database('values')).entryCount;
  }

  /** True while there is more of this value to give back. */
  #reclaimStep(uploads: Db, valueId: number): boolean {
    return this.#environment.transaction(() => {
      const entry = uploads.getBinary(encodeU64(valueId));
      if (entry === undefined || isOwned(entry)) return false;
      if (this.#holders(valueId) > 0) {
        uploads.removeSync(encodeU64(valueId));
        return false;
      }
      const chunks = this.#database('chunks');
      const range = {
        start: chunkKey(valueId, 0),
        end: chunkKey(valueId + 1, 0),
        limit: RECLAIM_STEP_CHUNKS,
      };
      const keys = [...chunks.getKeys(range)];
      for (const key of keys) chunks.removeSync(key);
      if (keys.length === RECLAIM_STEP_CHUNKS) return true;
      uploads.removeSync(encodeU64(valueId));
      return false;
    });
  }

  #discard(valueId: number): void {
    this.#database('uploads').putSync(encodeU64(valueId), unowned);
    this.#garbage = true;
  }

  #holders(valueId: number): number {
    const bytes = this.#database('values').getBinary(encodeU64(valueId));
    return bytes ? decodeU64(bytes) : 0;
  }

  #setHolders(valueId: number, holders: number): void {
    const values = this.#database('values');
    if (holders > 0) values.putSync(encodeU64(valueId), encodeU64(holders));
    else values.removeSync(encodeU64(valueId));
  }

  #database(name: 'chunks' | 'values' | 'uploads'): Db {
    return this.#environment.database(name);
  }
}

function isOwned(entry: Buffer): boolean {
  return entry.length > 0 && isAlive(JSON.parse(entry.toString()) as Owner);
}
