/**
 * An upload to a store on Redis: in memory while it is short, then in chunks under a hash tag of
 * its own, since its key is not known yet. What is put goes to the slot of the key.
 */
import { crc32 } from 'node:zlib';
import { KvError } from '../../errors.js';
import type { StoredValue } from '../record.js';
import type { Upload } from '../store.js';
import { piecesOf } from '../value-pieces.js';
import type { Bridge } from './bridge.js';
import type { Catalogue } from './catalogue.js';
import { CHUNK_BYTES, CHUNK_HEADER_BYTES, type Manifest, UPLOAD_SECONDS } from './layout.js';
import type { Reply } from './wire/request.js';

/** Bytes that an upload holds in memory. */
const HELD_BYTES = 16 * CHUNK_BYTES;

/** Chunks sent in one call. */
const TOGETHER = 16;

/** Chunks deleted in one call. */
const UNLINKED = 1000;

/** Names the key of each chunk. */
export type Naming = (index: number) => string;

export class RedisUpload implements Upload {
  size = 0;
  readonly #bridge: Bridge;
  readonly #catalogue: Catalogue;
  readonly #number: number;
  #pieces: Buffer[] | undefined = [];
  /** Bytes of the pieces. */
  #held = 0;
  /** Chunks on the servers. */
  #staged = 0;
  /** How often it was put in chunks. */
  #placed = 0;
  #fault: unknown;

  constructor(bridge: Bridge, catalogue: Catalogue, number: number) {
    this.#bridge = bridge;
    this.#catalogue = catalogue;
    this.#number = number;
  }

  /** Whether it belongs to the store with that catalogue. */
  isOf(catalogue: Catalogue): boolean {
    return catalogue === this.#catalogue;
  }

  append(bytes: Uint8Array): void {
    const pieces = this.#open;
    pieces.push(Buffer.from(bytes));
    this.#held += bytes.length;
    this.size += bytes.length;
    if (this.#held > HELD_BYTES) this.#stage();
  }

  /** Appends the whole of a value. Throws `damaged` as well. */
  appendAll(value: StoredValue): void {
    for (const piece of piecesOf(value)) this.append(piece);
  }

  /** Everything, if it is short. */
  contents(): Buffer {
    return Buffer.concat(this.#open);
  }

  /** Everything, in pieces. */
  *pieces(action: string): Generator<Uint8Array> {
    for (let index = 0; index < this.#staged; index += TOGETHER) {
      const count = Math.min(TOGETHER, this.#staged - index);
      for (const chunk of this.#fetch(action, index, count)) {
        yield chunk.subarray(CHUNK_HEADER_BYTES);
      }
    }
    yield* this.#open;
  }

  /** A new id for the chunks of everything so far. */
  nextManifest(): Manifest {
    const { client } = this.#catalogue;
    const upload = `${client}.${this.#number}.${++this.#placed}`;
    return { upload, chunkBytes: CHUNK_BYTES };
  }

  /** Writes the chunks of everything so far; they expire unless a record takes them. */
  place(naming: Naming, action: string): void {
    const rest = Buffer.concat(this.#open);
    for (let index = 0; index < this.#staged; index += TOGETHER) {
      const count = Math.min(TOGETHER, this.#staged - index);
      this.#write(action, naming, index, this.#fetch(action, index, count));
    }
    const chunks = chunksOf(rest);
    for (let at = 0; at < chunks.length; at += TOGETHER) {
      this.#write(action, naming, this.#staged + at, chunks.slice(at, at + TOGETHER));
    }
  }

  /** Deletes placed chunks that no record took. */
  displace(naming: Naming): void {
    this.#unlink(naming, Math.ceil(this.size / CHUNK_BYTES));
  }

  close(): void {
    this.#pieces = undefined;
    const staged = this.#staged;
    this.#staged = 0;
    this.#unlink(this.#staging, staged);
  }

  get #open(): Buffer[] {
    if (this.#fault !== undefined) throw this.#fault;
    if (this.#pieces === undefined) throw new Error('an upload was used after it was closed');
    return this.#pieces;
  }

  readonly #staging: Naming = (index) => {
    const { prefix, client } = this.#catalogue;
    return `{${prefix}.u.${client}.${this.#number}}:${index}`;
  };

  #stage(): void {
    const held = Buffer.concat(this.#open);
    const end = held.length - (held.length % CHUNK_BYTES);
    try {
      this.#write('write a value', this.#staging, this.#staged, chunksOf(held.subarray(0, end)));
    } catch (error) {
      this.#fault = error;
      throw error;
    } finally {
      this.#staged += end / CHUNK_BYTES;
    }
    this.#pieces = [Buffer.from(held.subarray(end))];
    this.#held = held.length - end;
  }

  #unlink(nameOf: Naming, count: number): void {
    for (let index = 0; index < count; index += UNLINKED) {
      const names = range(index, Math.min(index + UNLINKED, count)).map(nameOf);
      this.#bridge.call(
        'let go of an upload',
        names.map((key) => ({ kind: 'command', words: ['UNLINK', key], key, writes: false })),
      );
    }
  }

  #write(action: string, nameOf: Naming, first: number, chunks: readonly Uint8Array[]): void {
    this.#bridge.call(
      action,
      chunks.map((chunk, at) => {
        const key = nameOf(first + at);
        const words = ['SET', key, chunk, 'EX', String(UPLOAD_SECONDS)];
        return { kind: 'command', words, key, writes: false };
      }),
    );
  }

  /** Reads chunks from the servers. */
  #fetch(action: string, first: number, count: number): Buffer[] {
    const names = range(first, first + count).map(this.#staging);
    const replies: readonly Reply[] = this.#bridge.call(
      action,
      names.map((key) => ({ kind: 'command', words: ['GET', key], key, writes: false })),
    );
    return replies.map((reply) => {
      if (reply === undefined) throw lostChunks(action);
      return reply as Buffer;
    });
  }
}

/** The error for chunks that expired before a record took them. */
export function lostChunks(action: string): KvError {
  const hours = UPLOAD_SECONDS / 3600;
  const state = `a part of it is gone: a server failed over, or it took longer than ${hours} hours`;
  return new KvError('busy', `cannot ${action}: ${state}`);
}

/** Bytes in chunks, each preceded by its CRC-32. */
function chunksOf(bytes: Buffer): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    const piece = bytes.subarray(start, start + CHUNK_BYTES);
    const chunk = Buffer.allocUnsafeSlow(CHUNK_HEADER_BYTES + piece.length);
    chunk.writeUInt32BE(crc32(piece));
    piece.copy(chunk, CHUNK_HEADER_BYTES);
    chunks.push(chunk);
  }
  return chunks;
}

function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, at) => first + at);
}
