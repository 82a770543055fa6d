/**
 * Values in chunks: writing and reading the chunks, counting who holds a value, and giving back
 * what nobody holds. What is to be given back is first registered among the uploads, so that it is
 * found again however this process ends.
 */
import { KvError } from '../../errors.js';
import { type Db, statsOf } from './database.js';
import type { Environment, Snapshot } from './environment.js';
import { CHUNK_SIZE_BYTES, type ChunkedValue, chunkKey, decodeU64, encodeU64 } from './layout.js';
import { isAlive, isThisProcess, type Owner, thisProcess } from './process-identity.js';

/** Chunks deleted in one transaction: about 256 MiB, some hundred KiB of freed page numbers. */
const RECLAIM_STEP_CHUNKS = 1024;

/** What the register of uploads says of a value. */
interface UploadEntry {
  /** Who is uploading it; absent where it awaits reclamation. */
  readonly owner?: Owner;
  /** How many of its chunks, from the first on, are of records, where there are any. */
  readonly kept: number;
}

export class Chunks {
  readonly #environment: Environment;
  #garbage = false;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Writes bytes that begin at a chunk's boundary, `position` bytes into the value. */
  write(valueId: number, position: number, bytes: Uint8Array): void {
    const chunks = this.#database('chunks');
    this.#environment.willWrite(bytes.length);
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
    if (holders === 0 && this.#upload(valueId) === undefined) this.#discard(valueId, 0);
  }

  /** Marks a value as this process's own before anything of it is written. */
  beginUpload(valueId: number): void {
    this.#register(valueId, { owner: thisProcess(), kept: 0 });
  }

  /**
   * Renews the mark; `size` bytes are of a record now. Throws `busy` where the mark is gone: with
   * the transaction that made it, or taken by another process for a dead one's.
   */
  renewUpload(valueId: number, size = 0): void {
    const kept = Math.max(this.#ownUpload(valueId).kept, Math.ceil(size / CHUNK_SIZE_BYTES));
    this.#register(valueId, { owner: thisProcess(), kept });
  }

  /** Ends an upload of `written` bytes: what no record holds of them is left to `reclaim`. */
  endUpload(valueId: number, written: number): void {
    const { kept } = this.#ownUpload(valueId);
    const isHeld = this.#holders(valueId) > 0 && kept * CHUNK_SIZE_BYTES >= written;
    if (isHeld) this.#database('uploads').removeSync(encodeU64(valueId));
    else this.#discard(valueId, kept);
  }

  /** Takes the mark away, for what is no value. */
  forgetUpload(id: number): void {
    this.#database('uploads').removeSync(encodeU64(id));
  }

  /** Whether a living process has registered this as its upload. */
  isUploading(id: number): boolean {
    const owner = this.#upload(id)?.owner;
    return owner !== undefined && isAlive(owner);
  }

  /**
   * Gives back what nobody holds of values whose owner is gone, in transactions of bounded size;
   * not within one. Without `steps`, all that this process has left; else that many of them for
   * what any process has left.
   */
  reclaim(steps?: number): void {
    if (this.#environment.inTransaction || !(steps || this.#garbage)) return;
    this.#garbage = false;
    try {
      for (let left = steps ?? Number.POSITIVE_INFINITY; left > 0 && this.#reclaimStep(); left--) {}
    } catch (error) {
      // What was asked for is done, and nobody may take it for undone: this is for another time.
      const mayWait = error instanceof KvError && (steps === undefined || error.code === 'full');
      if (!mayWait) throw error;
      this.#garbage = true;
    }
  }

  /** Uploads in progress, and values that await reclamation. */
  countUploads(): number {
    return statsOf(this.#database('uploads')).entryCount;
  }

  countValues(): number {
    return statsOf(this.#database('values')).entryCount;
  }

  /** True while there may be more to give back. */
  #reclaimStep(): boolean {
    const uploads = this.#database('uploads');
    if (this.countUploads() === 0) return false;
    return this.#environment.writes.transaction(() => {
      let left = RECLAIM_STEP_CHUNKS;
      for (const key of [...uploads.getKeys()]) {
        left -= this.#giveBack(decodeU64(key), left);
        if (left <= 0) return true;
      }
      return false;
    });
  }

  /** Deletes up to `limit` chunks of a value that is to be given back; returns how many. */
  #giveBack(valueId: number, limit: number): number {
    const entry = this.#upload(valueId);
    if (entry === undefined || (entry.owner && isAlive(entry.owner))) return 0;
    const chunks = this.#database('chunks');
    const range = {
      start: chunkKey(valueId, this.#holders(valueId) > 0 ? entry.kept : 0),
      end: chunkKey(valueId + 1, 0),
      limit,
    };
    const keys = [...chunks.getKeys(range)];
    for (const key of keys) chunks.removeSync(key);
    if (keys.length < limit) this.#database('uploads').removeSync(encodeU64(valueId));
    return keys.length;
  }

  #discard(valueId: number, kept: number): void {
    this.#register(valueId, { kept });
    this.#garbage = true;
  }

  #register(valueId: number, entry: UploadEntry): void {
    this.#database('uploads').putSync(encodeU64(valueId), Buffer.from(JSON.stringify(entry)));
  }

  #upload(valueId: number): UploadEntry | undefined {
    const bytes = this.#database('uploads').getBinary(encodeU64(valueId));
    return bytes && (JSON.parse(Buffer.from(bytes).toString()) as UploadEntry);
  }

  #ownUpload(valueId: number): UploadEntry {
    const entry = this.#upload(valueId);
    if (entry?.owner && isThisProcess(entry.owner)) return entry;
    throw new KvError(
      'busy',
      'cannot go on with a value: what was written of it was given up, with its transaction or ' +
        'after a day without a write',
    );
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
