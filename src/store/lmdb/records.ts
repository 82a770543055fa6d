/**
 * The records of one database, with the chunks of their values. Writes are within a transaction.
 */
import type { KvError } from '../../errors.js';
import {
  isExpired,
  type Metadata,
  type Milliseconds,
  type Stamp,
  type StoredValue,
  type Version,
} from '../record.js';
import { checkAbsent } from './absence.js';
import { sumOfBytes, viewOfKey } from './checksum.js';
import type { Db } from './database.js';
import { bucketIdOf } from './layout.js';
import type { Parts } from './parts.js';
import type { Found, Snapshot } from './reads.js';
import {
  type ChunkedValue,
  decodeHeader,
  encodeChunked,
  encodeInline,
  type Header,
  isSound,
  keyPlace,
} from './record-layout.js';
import { InlineValue, ValueInChunks } from './stored-value.js';

/** The time and snapshot of a read. */
export interface ReadView {
  /** Records expired by then are absent. */
  readonly moment: Milliseconds;
  readonly snapshot?: Snapshot;
}

/** What has to be known of a record that is deleted or replaced. */
export type Replaced = Pick<Header, 'chunked' | 'expires' | 'version'>;

/** Reads expired records as well. */
export const STORED: ReadView = { moment: 0 };

export const NOT_ITS_SUM = 'its checksum is not that of its bytes';

/** The header of a record; undefined for a missing key. Throws `damaged`. */
export function readHeader(
  parts: Parts,
  db: Db,
  key: Buffer,
  { moment, snapshot }: ReadView,
): Header | undefined {
  if (snapshot === undefined && parts.seen.lackAgain(db, key)) return undefined;
  const found = parts.environment.reads.get(db, key, snapshot);
  if (found) {
    const header = soundHeader(parts, db, key, found);
    return isExpired(header, moment) ? undefined : header;
  }
  checkAbsent(parts, db, key, snapshot);
  return undefined;
}

/** The value of a key, now or in a snapshot; undefined for a missing key. Throws `damaged`. */
export function readValue(
  parts: Parts,
  db: Db,
  key: Buffer,
  { moment, snapshot }: ReadView,
): StoredValue | undefined {
  const { environment, chunks, seen } = parts;
  if (snapshot === undefined && seen.lackAgain(db, key)) return undefined;
  const found = environment.reads.get(db, key, snapshot);
  if (found === undefined) {
    checkAbsent(parts, db, key, snapshot);
    return undefined;
  }
  const header = soundHeader(parts, db, key, found);
  if (isExpired(header, moment)) return undefined;
  const { chunked } = header;
  if (chunked) {
    snapshot?.use();
    const damaged = (state: string) => parts.catalogue.damagedRecord(db, key, state);
    return new ValueInChunks(
      { ...header, chunked },
      chunks,
      snapshot ?? environment.reads.keep(),
      damaged,
    );
  }
  return new InlineValue(header, inlineValue(parts, db, key, header, found));
}

/** Sets a key to bytes, or to a value in chunks. */
export function setRecord(
  parts: Parts,
  db: Db,
  key: Buffer,
  value: Uint8Array | ChunkedValue,
  expires: Milliseconds | undefined,
): Version {
  const { environment, chunks, expiry } = parts;
  if (value instanceof Uint8Array) environment.willWrite(value.length);
  const found = environment.reads.get(db, key);
  const old = found && soundHeader(parts, db, key, found);
  const version = environment.writes.nextNumber();
  const stamp: Stamp = { version, modified: Date.now(), expires };
  // Before the old value is released, which may be the same.
  if (!(value instanceof Uint8Array)) chunks.retain(value.valueId);
  const place = keyPlace(db.seed, key);
  const record =
    value instanceof Uint8Array
      ? encodeInline(place, stamp, value)
      : encodeChunked(place, stamp, value);
  db.putSync(key, record);
  if (old) letGo(parts, old);
  if (expires !== undefined) expiry.add(stamp, bucketIdOf(db.name)!, key);
  return version;
}

/** Deletes a key; false if there was none, or it had expired. */
export function removeRecord(parts: Parts, db: Db, key: Buffer): boolean {
  const header = readHeader(parts, db, key, STORED);
  if (header === undefined) return false;
  db.removeSync(key);
  letGo(parts, header);
  return !isExpired(header, parts.environment.writes.moment);
}

/** Releases the chunks and the index entry of a deleted or replaced record. */
export function letGo({ chunks, expiry }: Parts, header: Replaced): void {
  if (header.chunked) chunks.release(header.chunked.valueId);
  expiry.remove(header);
}

/**
 * The number of records in a database that have not expired at a moment: its own count, less the
 * expired ones in the index, without a walk. Throws `damaged`, `io`.
 */
export function countRecords({ environment, expiry }: Parts, db: Db, moment: Milliseconds): number {
  return (
    environment.databases.sizeOf(db).entries - expiry.countExpired(moment, bucketIdOf(db.name))
  );
}

/** Sets a key of `target` to the value of an existing key of `db`. */
export function shareRecord(
  parts: Parts,
  db: Db,
  key: Buffer,
  target: { readonly db: Db; readonly key: Buffer },
  expires: Milliseconds | undefined,
): Version {
  const found = parts.environment.reads.get(db, key)!;
  const header = soundHeader(parts, db, key, found);
  if (header.chunked) parts.chunks.checkHeld(header.chunked.valueId);
  const value = header.chunked ?? inlineValue(parts, db, key, header, found);
  return setRecord(parts, target.db, target.key, value, expires);
}

/** A header without what only the store needs. */
export function metadataOf({ size, version, modified, expires, kind }: Header): Metadata {
  return { size, version, modified, expires, kind };
}

/** A copy of an inline record's value. Throws `damaged`. */
function inlineValue(
  { catalogue }: Parts,
  db: Db,
  key: Buffer,
  { valueStart, valueSum }: Header,
  { bytes, length }: Found,
): Uint8Array {
  const value = Uint8Array.prototype.slice.call(bytes, valueStart, length);
  if (valueSum === undefined || sumOfBytes(value) === valueSum) return value;
  throw catalogue.damagedRecord(db, key, NOT_ITS_SUM);
}

function soundHeader({ catalogue }: Parts, db: Db, key: Buffer, found: Found): Header {
  const { bytes, view, length } = found;
  const isRecord = isSound(db.seed, viewOfKey(key), 0, key.length, view, 0, length);
  if (isRecord) return decodeHeader(bytes, length);
  throw catalogue.damagedRecord(db, key, NOT_ITS_SUM) satisfies KvError;
}
