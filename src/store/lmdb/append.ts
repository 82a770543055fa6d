/**
 * Appends to a value. Bytes that fit in memory are added in one transaction: to a copy of an inline
 * value, or else after the last chunk. Longer ones are on the disk already: they are written after
 * the last chunk in steps, invisible until the record refers to them. A value that other keys share
 * is first copied, together with the appended bytes.
 */
import { Unmet } from '../condition.js';
import type { Appended, StoreBucket } from '../store.js';
import { piecesOf } from '../value-pieces.js';
import { CHUNK_SIZE_BYTES, INLINE_LIMIT_BYTES } from './layout.js';
import { LmdbUpload } from './lmdb-upload.js';
import type { Parts } from './parts.js';
import type { ChunkedValue, Header } from './record-layout.js';
import { readHeader, readValue, setRecord } from './records.js';

/** Why an append cannot be done in one transaction. */
type Obstacle =
  /** Another process is appending to this value. */
  | { readonly kind: 'busy'; readonly valueId: number; readonly size: number }
  /** The value has to be copied. */
  | { readonly kind: 'held' }
  /** Much has to be written after a value, which has been marked for that. */
  | { readonly kind: 'long'; readonly version: number; readonly behind: LmdbUpload };

/** See `StoreBucket.append`. */
export function appendTo(
  parts: Parts,
  bucket: StoreBucket,
  key: string,
  upload: LmdbUpload,
): Appended {
  const { chunks, environment, transactions } = parts;
  for (;;) {
    const outcome = transactions.write(() => appended(parts, bucket.name, key, upload));
    if (!('kind' in outcome)) return outcome;
    switch (outcome.kind) {
      case 'busy':
        if (!environment.inTransaction) {
          const { valueId, size } = outcome;
          environment.writes.turn.waitUntilSync(() => {
            environment.refresh();
            return chunks.growth(valueId, size) !== 'busy';
          }, `append to "${key}"`);
          continue;
        }
        break;
      case 'long': {
        const joined = withAll(bucket, key, outcome.behind, outcome.version, upload);
        if (joined) return joined;
        continue;
      }
      case 'held':
        break;
      default:
        return outcome satisfies never;
    }
    const copied = withCopy(parts, bucket, key, upload);
    if (copied) return copied;
  }
}

/** Within a transaction: appends, or says why it cannot. Throws `damaged`. */
function appended(
  parts: Parts,
  bucket: string,
  key: string,
  upload: LmdbUpload,
): Appended | Obstacle {
  const { catalogue, chunks, environment } = parts;
  const db = catalogue.databaseOf(bucket);
  const keyBytes = Buffer.from(key);
  const view = { moment: environment.writes.moment };
  const set = (value: Uint8Array | ChunkedValue, before?: Header): Appended => ({
    version: setRecord(parts, db, keyBytes, value, before?.expires),
    size: value instanceof Uint8Array ? value.length : value.size,
  });
  const before = readHeader(parts, db, keyBytes, view);
  if (before === undefined) return { ...set(upload.contents()), size: upload.size };
  const { chunked } = before;
  const { held } = upload;
  if (chunked === undefined) {
    if (held === undefined) return { kind: 'held' };
    const inline = readValue(parts, db, keyBytes, view)!;
    const value = Buffer.concat([inline.read(0, inline.size), held]);
    return set(value.length <= INLINE_LIMIT_BYTES ? value : inChunks(parts, value), before);
  }
  const { valueId, size } = chunked;
  const growth = chunks.growth(valueId, size);
  if (growth === 'busy') return { kind: 'busy', valueId, size };
  if (growth === 'held' || chunked.chunkSize !== CHUNK_SIZE_BYTES) return { kind: 'held' };
  const tail = tailOf(parts, chunked);
  if (typeof tail === 'string') throw catalogue.damagedRecord(db, keyBytes, tail);
  if (held === undefined) {
    chunks.beginGrowth(valueId, size);
    const behind = LmdbUpload.behind(parts, chunked, tail);
    return { kind: 'long', version: before.version, behind };
  }
  chunks.write(valueId, size - tail.length, Buffer.concat([tail, held]));
  return set({ ...chunked, size: size + held.length }, before);
}

/** The contents of a value's last chunk if it is not full, or what is wrong with it. */
function tailOf({ chunks }: Parts, value: ChunkedValue): Uint8Array | string {
  if (value.size % CHUNK_SIZE_BYTES === 0) return new Uint8Array(0);
  return chunks.read(value, Math.floor(value.size / CHUNK_SIZE_BYTES), undefined);
}

/** Writes the bytes as a new value. */
function inChunks({ chunks, environment }: Parts, bytes: Uint8Array): ChunkedValue {
  const valueId = environment.writes.nextNumber();
  chunks.write(valueId, 0, bytes);
  return { valueId, size: bytes.length, chunkSize: CHUNK_SIZE_BYTES };
}

/** Appends to a copy of the whole value; undefined if the value has changed meanwhile. */
function withCopy(
  parts: Parts,
  bucket: StoreBucket,
  key: string,
  upload: LmdbUpload,
): Appended | undefined {
  const before = bucket.get(key);
  if (before === undefined) return undefined;
  const joined = new LmdbUpload(parts);
  try {
    for (const piece of piecesOf(before)) joined.append(piece);
  } catch (error) {
    joined.close();
    throw error;
  } finally {
    before.close();
  }
  return withAll(bucket, key, joined, before.version, upload);
}

/**
 * Appends the joined value's rest, and sets the record; undefined if the value has changed
 * meanwhile.
 */
function withAll(
  bucket: StoreBucket,
  key: string,
  joined: LmdbUpload,
  version: number,
  upload: LmdbUpload,
): Appended | undefined {
  try {
    for (const piece of upload.pieces()) joined.append(piece);
    const condition = { kind: 'version', version } as const;
    const outcome = bucket.put(key, joined, { condition, expires: 'kept' });
    return outcome instanceof Unmet ? undefined : { version: outcome, size: joined.size };
  } finally {
    joined.close();
  }
}
