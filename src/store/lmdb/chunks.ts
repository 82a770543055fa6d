/**
 * Values in chunks: writing and reading the chunks, counting who holds a value, and giving back
 * what nobody holds. What is to be given back is first registered among the uploads, so that it is
 * found again however this process ends.
 */

import { KvError } from '../../errors.js';
import type { Db } from './database.js';
import type { Environment, Snapshot } from './environment.js';
import {
  CHUNK_SIZE_BYTES,
  chunkBound,
  chunkKey,
  decodeChunkKey,
  decodeU64,
  encodeU64,
  sealEntry,
  sumOfChunk,
} from './layout.js';
import { isAlive, isThisProcess, type Owner, thisProcess } from './process-identity.js';
import { readEntry } from './read-entry.js';
import type { ChunkedValue } from './record-layout.js';

/** Chunks deleted in one transaction: about 256 MiB, some hundred KiB of freed page numbers. */
const RECLAIM_STEP_CHUNKS = 1024;

/** What the register of uploads says of a value. */
interface UploadEntry {
  /** Who is uploading it; absent where it awaits reclamation. */
  readonly owner?: Owner;
  /** How many of its chunks, from the first on, are of records, where there are any. */
  readonly kept: number;
  /** Whether it goes on behind the value of a record, which others wait for. */
  readonly grows?: true;
}

/**
 * Whether more can be written behind the value of a record: `free`; `busy`, since another process does just
 * that; `held`, by other records or an upload, so that it takes a value of its own.
 */
export type Growth = 'free' | 'busy' | 'held';

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
    const first = position / CHUNK_SIZE_BYTES;
    const behind = first + Math.ceil(bytes.length / CHUNK_SIZE_BYTES);
    // An earlier set may have taken less of the last chunk, whose key was another then.
    const range = { start: chunkBound(valueId, first), end: chunkBound(valueId, behind) };
    for (const key of [...chunks.getKeys(range)]) chunks.removeSync(key);
    for (let offset = 0; offset < bytes.length; offset += CHUNK_SIZE_BYTES) {
      const index = (position + offset) / CHUNK_SIZE_BYTES;
      const chunk = bytes.subarray(offset, offset + CHUNK_SIZE_BYTES);
      chunks.putSync(
        chunkKey(valueId, index, chunk),
        Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length),
      );
    }
  }

  /** One chunk of a value; or what is wrong with it, as the end of a sentence. */
  read(value: ChunkedValue, index: number, snapshot: Snapshot): Buffer | string {
    const { valueId, size, chunkSize } = value;
    const chunks = this.#database('chunks');
    const range = { start: chunkBound(valueId, index), end: chunkBound(valueId, index + 1) };
    const [key] = this.#environment.readKeys(chunks, { ...range, limit: 1 }, snapshot);
    const chunk = key && this.#environment.readCopy(chunks, key, snapshot);
    const length = Math.min(chunkSize, size - index * chunkSize);
    const place = `chunk ${index} of ${Math.ceil(size / chunkSize)}, of value ${valueId},`;
    // The last chunk may have grown since: a later set of the same value took more of it.
    if (!chunk || chunk.length < length) return `${place} is missing`;
    const isSound = decodeChunkKey(key)!.checksum === sumOfChunk(valueId, index, chunk);
    return isSound
      ? chunk.subarray(0, length)
      : `the checksum of ${place} is not that of its bytes`;
  }

  /** Whether the value of a record of `size` bytes can grow in its place. */
  growth(valueId: number, size: number): Growth {
    const upload = this.#upload(valueId);
    if (upload) {
      const { grows, owner } = upload;
      return grows && owner && !isThisProcess(owner) && isAlive(owner) ? 'busy' : 'held';
    }
    const behind = {
      start: chunkBound(valueId, Math.ceil(size / CHUNK_SIZE_BYTES)),
      end: chunkBound(valueId + 1, 0),
      limit: 1,
    };
    // A record that held more of it may be gone.
    const isLonger = this.#environment.readKeys(this.#database('chunks'), behind).length > 0;
    return isLonger || this.#holders(valueId) !== 1 ? 'held' : 'free';
  }

  /** To be asked before one more record holds a value that others hold. Throws `damaged`. */
  checkHeld(valueId: number): void {
    if (this.#holders(valueId) === 0) throw this.#uncounted(valueId);
  }

  /** To be asked before a record lets go of a value, by who can leave it. Throws `damaged`. */
  checkReleasable(valueId: number): void {
    this.checkHeld(valueId);
    this.#upload(valueId);
  }

  /** One more record holds the value. */
  retain(valueId: number): void {
    this.#setHolders(valueId, this.#holders(valueId) + 1);
  }

  /** One record fewer holds the value; the last one leaves it to `reclaim`. */
  release(valueId: number): void {
    const holders = this.#holders(valueId) - 1;
    if (holders < 0) throw this.#uncounted(valueId);
    this.#setHolders(valueId, holders);
    if (holders === 0 && this.#upload(valueId) === undefined) this.#discard(valueId, 0);
  }

  /** Marks a value as this process's own before anything of it is written. */
  beginUpload(valueId: number): void {
    this.#register(valueId, { owner: thisProcess(), kept: 0 });
  }

  /** The same for what is to come behind the value of a record of `size` bytes. */
  beginGrowth(valueId: number, size: number): void {
    const kept = Math.ceil(size / CHUNK_SIZE_BYTES);
    this.#register(valueId, { owner: thisProcess(), kept, grows: true });
  }

  /**
   * Renews the mark; `size` bytes are of a record now. Throws `busy` where the mark is gone: with
   * the transaction that made it, or taken by another process for a dead one's.
   */
  renewUpload(valueId: number, size = 0): void {
    const own = this.#ownUpload(valueId);
    const kept = Math.max(own.kept, Math.ceil(size / CHUNK_SIZE_BYTES));
    this.#register(valueId, { ...own, owner: thisProcess(), kept });
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
      for (let left = steps ?? Number.POSITIVE_INFINITY; left > 0 && this.reclaimStep(); left--) {}
    } catch (error) {
      // What was asked for is done, and nobody may take it for undone: this is for another time.
      const mayWait = error instanceof KvError && (steps === undefined || error.code === 'full');
      if (!mayWait) throw error;
      this.#garbage = true;
    }
  }

  /** Uploads in progress, and values that await reclamation. */
  countUploads(): number {
    return this.#environment.sizeOf(this.#database('uploads')).entries;
  }

  countValues(): number {
    return this.#environment.sizeOf(this.#database('values')).entries;
  }

  /**
   * Gives back some of what any process has left; true while there may be more. What is damaged of that stays, and
   * is told of to `damaged`: it keeps nobody from writing. Throws what writing does.
   */
  reclaimStep(damaged?: (error: KvError) => void): boolean {
    const uploads = this.#database('uploads');
    // What is another's is looked at without the lock.
    const found = this.#environment.readKeys(uploads, {}).filter((key) => {
      try {
        return this.#left(decodeU64(key)) !== undefined;
      } catch (error) {
        if (!(error instanceof KvError && error.code === 'damaged')) throw error;
        damaged?.(error);
        return false;
      }
    });
    if (found.length === 0) return false;
    return this.#environment.writes.transactionSync(() => {
      let left = RECLAIM_STEP_CHUNKS;
      for (const key of found) {
        left -= this.#giveBack(decodeU64(key), left);
        if (left <= 0) return true;
      }
      return false;
    });
  }

  /** What is registered of a value that nobody who lives uploads; undefined for any other. */
  #left(valueId: number): UploadEntry | undefined {
    const entry = this.#upload(valueId);
    return entry?.owner && isAlive(entry.owner) ? undefined : entry;
  }

  /** Deletes up to `limit` chunks of a value that is to be given back; returns how many. */
  #giveBack(valueId: number, limit: number): number {
    const entry = this.#left(valueId);
    if (entry === undefined) return 0;
    const chunks = this.#database('chunks');
    const range = {
      start: chunkBound(valueId, this.#holders(valueId) > 0 ? entry.kept : 0),
      end: chunkBound(valueId + 1, 0),
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
    this.#put('uploads', valueId, Buffer.from(JSON.stringify(entry)));
  }

  #upload(valueId: number): UploadEntry | undefined {
    const bytes = readEntry(this.#environment, this.#database('uploads'), encodeU64(valueId));
    return bytes && (JSON.parse(bytes.toString()) as UploadEntry);
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
    const bytes = readEntry(this.#environment, this.#database('values'), encodeU64(valueId));
    return bytes ? decodeU64(bytes) : 0;
  }

  #setHolders(valueId: number, holders: number): void {
    if (holders > 0) this.#put('values', valueId, encodeU64(holders));
    else this.#database('values').removeSync(encodeU64(valueId));
  }

  #put(name: 'values' | 'uploads', id: number, bytes: Buffer): void {
    const database = this.#database(name);
    const key = encodeU64(id);
    database.putSync(key, sealEntry(database.seed, key, bytes));
  }

  #uncounted(valueId: number): KvError {
    const state = `damaged: how many records hold value ${valueId} is lost`;
    return new KvError('damaged', `cannot write to store "${this.#environment.path}": ${state}`);
  }

  #database(name: 'chunks' | 'values' | 'uploads'): Db {
    return this.#environment.database(name);
  }
}
