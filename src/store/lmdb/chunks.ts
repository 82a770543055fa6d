/**
 * Values in chunks: writing and reading chunks, counting the holders of a value, and reclaiming
 * values without holders. Values to be reclaimed are first registered among the uploads, so that
 * they are found again however this process ends.
 */
import { KvError } from '../../errors.js';
import type { Db } from './database.js';
import type { Environment } from './environment.js';
import { CHUNK_SIZE_BYTES, chunkBound, chunkKey, decodeChunkKey, sumOfChunk } from './layout.js';
import { isAlive, isThisProcess } from './process-identity.js';
import type { Snapshot } from './reads.js';
import type { ChunkedValue } from './record-layout.js';
import { isLeft, type UploadEntry, UploadRegister } from './upload-register.js';
import { ValueHolders } from './value-holders.js';

/** Chunks deleted in one transaction: about 256 MiB, or some hundred KiB of freed page numbers. */
const RECLAIM_STEP_CHUNKS = 1024;

/**
 * Whether more can be written after a record's value: `free`; `busy`, because another process is
 * doing so; `held`, because other records or an upload share it, so that a new value is needed.
 */
export type Growth = 'free' | 'busy' | 'held';

export class Chunks {
  readonly #environment: Environment;
  readonly #uploads: UploadRegister;
  readonly #holders: ValueHolders;
  #garbage = false;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#uploads = new UploadRegister(environment);
    this.#holders = new ValueHolders(environment);
  }

  /** Writes bytes that begin at a chunk's boundary, `position` bytes into the value. */
  write(valueId: number, position: number, bytes: Uint8Array): void {
    const chunks = this.#database;
    this.#environment.willWrite(bytes.length);
    const first = position / CHUNK_SIZE_BYTES;
    const behind = first + Math.ceil(bytes.length / CHUNK_SIZE_BYTES);
    // An earlier set may have used less of the last chunk, whose key was different then.
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
    const chunks = this.#database;
    const range = { start: chunkBound(valueId, index), end: chunkBound(valueId, index + 1) };
    const [key] = this.#environment.reads.getKeys(chunks, { ...range, limit: 1 }, snapshot);
    const chunk = key && this.#environment.reads.getCopy(chunks, key, snapshot);
    const length = Math.min(chunkSize, size - index * chunkSize);
    const place = `chunk ${index} of ${Math.ceil(size / chunkSize)}, of value ${valueId},`;
    // The last chunk may have grown since: a later set of the same value used more of it.
    if (!chunk || chunk.length < length) return `${place} is missing`;
    const isSound = decodeChunkKey(key)!.checksum === sumOfChunk(valueId, index, chunk);
    return isSound
      ? chunk.subarray(0, length)
      : `the checksum of ${place} is not that of its bytes`;
  }

  /** Whether the value of a record of `size` bytes can grow in place. */
  growth(valueId: number, size: number): Growth {
    const upload = this.#uploads.find(valueId);
    if (upload) {
      const { grows, owner } = upload;
      return grows && owner && !isThisProcess(owner) && isAlive(owner) ? 'busy' : 'held';
    }
    const behind = {
      start: chunkBound(valueId, Math.ceil(size / CHUNK_SIZE_BYTES)),
      end: chunkBound(valueId + 1, 0),
      limit: 1,
    };
    // A record that held more of it may have been deleted.
    const isLonger = this.#environment.reads.getKeys(this.#database, behind).length > 0;
    return isLonger || this.#holders.of(valueId) !== 1 ? 'held' : 'free';
  }

  /** Called before another record shares a value. Throws `damaged`. */
  checkHeld(valueId: number): void {
    this.#holders.check(valueId);
  }

  /** Called before a record releases a value, if the caller can still keep it. Throws `damaged`. */
  checkReleasable(valueId: number): void {
    this.checkHeld(valueId);
    this.#uploads.find(valueId);
  }

  /** Adds a record to the holders of the value. */
  retain(valueId: number): void {
    this.#holders.add(valueId);
  }

  /** Removes a record from the holders of the value; after the last, `reclaim` deletes it. */
  release(valueId: number): void {
    const holders = this.#holders.remove(valueId);
    if (holders === 0 && this.#uploads.find(valueId) === undefined) this.#discard(valueId, 0);
  }

  /** Registers a value as this process's upload before anything of it is written. */
  beginUpload(valueId: number): void {
    this.#uploads.claim(valueId, { kept: 0 });
  }

  /** The same for bytes to be written after the value of a record of `size` bytes. */
  beginGrowth(valueId: number, size: number): void {
    const kept = Math.ceil(size / CHUNK_SIZE_BYTES);
    this.#uploads.claim(valueId, { kept, grows: true });
  }

  /**
   * Renews the registration; `size` bytes now belong to a record. Throws `busy` if it is gone: with
   * the transaction that made it, or because another process believed this one dead.
   */
  renewUpload(valueId: number, size = 0): void {
    const own = this.#uploads.own(valueId);
    const kept = Math.max(own.kept, Math.ceil(size / CHUNK_SIZE_BYTES));
    this.#uploads.claim(valueId, { ...own, kept });
  }

  /** Ends an upload of `written` bytes; those that no record holds are left to `reclaim`. */
  endUpload(valueId: number, written: number): void {
    const { kept } = this.#uploads.own(valueId);
    const isHeld = this.#holders.of(valueId) > 0 && kept * CHUNK_SIZE_BYTES >= written;
    if (isHeld) this.#uploads.remove(valueId);
    else this.#discard(valueId, kept);
  }

  /** Removes a registration that has no value. */
  forgetUpload(id: number): void {
    this.#uploads.remove(id);
  }

  /** Whether a living process has registered this as its upload. */
  isUploading(id: number): boolean {
    const upload = this.#uploads.find(id);
    return upload !== undefined && !isLeft(upload);
  }

  /**
   * Deletes values without holders whose owner has ended, in transactions of bounded size; not
   * within one. Without `steps`, everything that this process has left; otherwise that many steps
   * for what any process has left.
   */
  reclaim(steps?: number): void {
    if (this.#environment.inTransaction || !(steps || this.#garbage)) return;
    this.#garbage = false;
    try {
      for (let left = steps ?? Number.POSITIVE_INFINITY; left > 0 && this.reclaimStep(); left--) {}
    } catch (error) {
      // The caller's write is done, and must not seem to have failed: this can wait.
      const mayWait = error instanceof KvError && (steps === undefined || error.code === 'full');
      if (!mayWait) throw error;
      this.#garbage = true;
    }
  }

  /** Uploads in progress, and values that wait to be reclaimed. */
  countUploads(): number {
    return this.#uploads.count();
  }

  /** Of the same, the ids; for a store that has no sizes as well. */
  uploadIds(): number[] {
    return this.#uploads.ids();
  }

  countValues(): number {
    return this.#holders.count();
  }

  /**
   * Reclaims some of what any process has left; true while there may be more. Damaged values stay,
   * and are reported to `damaged`, so that they stop no writer. Throws errors of writing.
   */
  reclaimStep(damaged?: (error: KvError) => void): boolean {
    // Without the lock: others' entries are only looked at.
    const found = this.#uploads.ids().filter((id) => {
      try {
        return this.#findLeft(id) !== undefined;
      } catch (error) {
        if (!(error instanceof KvError && error.code === 'damaged')) throw error;
        damaged?.(error);
        return false;
      }
    });
    if (found.length === 0) return false;
    const { writes } = this.#environment;
    const giveBack = () => {
      let left = RECLAIM_STEP_CHUNKS;
      for (const id of found) {
        left -= this.#giveBack(id, left);
        if (left <= 0) return true;
      }
      return false;
    };
    return writes.deleting(() => writes.transactionSync(giveBack));
  }

  /**
   * The entry of a value that is no longer anybody's upload; undefined if it still is, or is not
   * registered.
   */
  #findLeft(valueId: number): UploadEntry | undefined {
    const entry = this.#uploads.find(valueId);
    return entry && isLeft(entry) ? entry : undefined;
  }

  /** Deletes up to `limit` chunks of a value; returns how many. */
  #giveBack(valueId: number, limit: number): number {
    const entry = this.#findLeft(valueId);
    if (entry === undefined) return 0;
    const chunks = this.#database;
    const range = {
      start: chunkBound(valueId, this.#holders.of(valueId) > 0 ? entry.kept : 0),
      end: chunkBound(valueId + 1, 0),
      limit,
    };
    const keys = [...chunks.getKeys(range)];
    for (const key of keys) chunks.removeSync(key);
    if (keys.length < limit) this.#uploads.remove(valueId);
    return keys.length;
  }

  #discard(valueId: number, kept: number): void {
    this.#uploads.leave(valueId, kept);
    this.#garbage = true;
  }

  get #database(): Db {
    return this.#environment.databases.get('chunks');
  }
}
