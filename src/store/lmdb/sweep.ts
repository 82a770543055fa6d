/**
 * Deletes expired records. Everything needed for one is read and checked before anything is written
 * for it, so that damage there stops nothing else, and nothing is left half done.
 */
import { KvError } from '../../errors.js';
import { nextTurn } from '../turns.js';
import { bucketDatabase } from './layout.js';
import type { Parts } from './parts.js';
import { readHeader, removeRecord, STORED } from './records.js';

/**
 * Expired records that a transaction deletes besides its own work: some tenths of a millisecond.
 */
const SWEEP_RECORDS = 100;

/** Expired records that one transaction of a garbage collection deletes: some ms. */
const GC_RECORDS = 5000;

/**
 * Deletes the first expired records, within a transaction, besides other work. Damaged ones are
 * left: counting a bucket's records reports them, and so do a garbage collection and a check.
 */
export function sweepSome(parts: Parts): void {
  const { expiry, environment } = parts;
  const keys = unlessDamaged(() => expiry.expiredKeys(environment.writes.moment, SWEEP_RECORDS));
  for (const key of keys ?? []) unlessDamaged(() => sweepOf(parts, key))?.();
}

/**
 * Deletes all expired records, in transactions of bounded size; damaged ones stay, and go to
 * `damaged`. Yields the number of index entries done.
 */
export async function* sweepAll(
  parts: Parts,
  damaged: KvError[],
  signal?: AbortSignal,
): AsyncGenerator<number> {
  const { expiry, environment } = parts;
  for (let after: Buffer | undefined; ; ) {
    await nextTurn();
    signal?.throwIfAborted();
    environment.refresh();
    const keys = unlessDamaged(
      () => expiry.expiredKeys(environment.writes.moment, GC_RECORDS, after),
      damaged,
    );
    if (keys === undefined || keys.length === 0) return;
    yield await sweepKeys(parts, keys, damaged, signal);
    after = keys.at(-1);
  }
}

/**
 * Deletes the records of these index entries; if one of them fails, each by itself. Resolves to the
 * number deleted.
 */
async function sweepKeys(
  parts: Parts,
  keys: readonly Buffer[],
  damaged: KvError[],
  signal: AbortSignal | undefined,
): Promise<number> {
  const found: KvError[] = [];
  try {
    const swept = await parts.environment.writes.transaction(async () => {
      let count = 0;
      for (const key of keys) {
        const sweep = unlessDamaged(() => sweepOf(parts, key), found);
        sweep?.();
        if (sweep) count++;
      }
      return count;
    }, signal);
    damaged.push(...found);
    return swept;
  } catch (error) {
    if (!isDamaged(error)) throw error;
    if (keys.length === 1) damaged.push(error);
    if (keys.length === 1) return 0;
  }
  let swept = 0;
  for (const key of keys) swept += await sweepKeys(parts, [key], damaged, signal);
  return swept;
}

/**
 * Deletes an entry, and the record if it is the one that the entry belongs to; undefined if the
 * entry has gone. Throws `damaged`.
 */
function sweepOf(parts: Parts, indexKey: Buffer): (() => void) | undefined {
  const { chunks, environment, expiry } = parts;
  const entry = expiry.entryAt(indexKey);
  if (entry === undefined) return undefined;
  const { bucketId, key, version, expires } = entry;
  const db = environment.databases.get(bucketDatabase(bucketId));
  const header = readHeader(parts, db, key, STORED);
  // A record that was written since has an entry of its own.
  if (header?.version !== version || header.expires !== expires) {
    return () => expiry.removeAt(indexKey);
  }
  if (header.chunked) chunks.checkReleasable(header.chunked.valueId);
  return () => void removeRecord(parts, db, key);
}

/** The result of a read; undefined if the data are damaged, and the error goes to `found`. */
function unlessDamaged<T>(read: () => T, found?: KvError[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!isDamaged(error)) throw error;
    found?.push(error);
    return undefined;
  }
}

function isDamaged(error: unknown): error is KvError {
  return error instanceof KvError && error.code === 'damaged';
}
