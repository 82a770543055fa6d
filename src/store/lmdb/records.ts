/** The records of one database, with the chunks of their values. Writes are within a transaction. */
import type { Metadata, StoredValue, Version } from '../record.js';
import type { Db } from './database.js';
import type { Snapshot } from './environment.js';
import {
  type ChunkedValue,
  copyInlineValue,
  decodeHeader,
  encodeChunked,
  encodeInline,
  type Header,
  type Stamp,
} from './layout.js';
import type { Parts } from './parts.js';
import { InlineValue, ValueInChunks } from './stored-value.js';

/** What is known of a record; undefined where there is no such key. Throws `damaged`. */
export function readHeader(
  { environment }: Parts,
  db: Db,
  key: Buffer,
  snapshot?: Snapshot,
): Header | undefined {
  const found = environment.read(db, key, snapshot);
  return found && decodeHeader(found.bytes, found.length);
}

/**
 * The value of a key as it is now, or in a snapshot; undefined where there is no such key. Throws
 * `damaged`.
 */
export function readValue(
  { environment, chunks }: Parts,
  db: Db,
  key: Buffer,
  snapshot?: Snapshot,
): StoredValue | undefined {
  const found = environment.read(db, key, snapshot);
  if (found === undefined) return undefined;
  const header = decodeHeader(found.bytes, found.length);
  if (header.chunked) {
    snapshot?.use();
    return new ValueInChunks(header, header.chunked, chunks, snapshot ?? environment.keep());
  }
  return new InlineValue(header, copyInlineValue(found.bytes, found.length));
}

/** Sets a key to bytes, or to a value in chunks. */
export function setRecord(
  { environment, chunks }: Parts,
  db: Db,
  key: Buffer,
  value: Uint8Array | ChunkedValue,
): Version {
  if (value instanceof Uint8Array) environment.willWrite(value.length);
  const found = environment.read(db, key);
  const old = found && decodeHeader(found.bytes, found.length).chunked;
  const stamp: Stamp = { version: environment.writes.nextNumber(), modified: Date.now() };
  // Before the old value is let go, which may be the same.
  if (!(value instanceof Uint8Array)) chunks.retain(value.valueId);
  const record =
    value instanceof Uint8Array ? encodeInline(stamp, value) : encodeChunked(stamp, value);
  db.putSync(key, record);
  if (old) chunks.release(old.valueId);
  return stamp.version;
}

/** Deletes a key; false where there was none. */
export function removeRecord(parts: Parts, db: Db, key: Buffer): boolean {
  const header = readHeader(parts, db, key);
  if (header === undefined) return false;
  db.removeSync(key);
  if (header.chunked) parts.chunks.release(header.chunked.valueId);
  return true;
}

/** Sets a key of `target` to the value of a key of `db` that is there. */
export function shareRecord(
  parts: Parts,
  db: Db,
  key: Buffer,
  target: Db,
  targetKey: Buffer,
): Version {
  const record = parts.environment.readCopy(db, key)!;
  const value = decodeHeader(record).chunked ?? copyInlineValue(record, record.length);
  return setRecord(parts, target, targetKey, value);
}

/** A header without what only the store knows of the value. */
export function metadataOf({ size, version, modified, kind }: Header): Metadata {
  return { size, version, modified, kind };
}
