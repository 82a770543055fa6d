/**
 * Deleting records that have expired. What is needed of each is read, and seen to be sound, before anything is
 * written for it: so what is damaged there keeps nothing else from being done, and nothing is half done.
 */
import { KvError } from '../../errors.js';
import { nextTurn } from '../turns.js';
import { bucketDatabase } from './layout.js';
import type { Parts } from './parts.js';
import { readHeader, removeRecord, STORED } from './records.js';

/** Expired records that a transaction deletes beside its own work: some tenths of a millisecond. */
const SWEEP_RECORDS = 100;

/** Expired records that one transaction of a garbage collection deletes: some ms. */
const GC_RECORDS = 5000;

/**
 * Deletes the first records that have expired, within a transaction, beside other work. What is damaged is left:
 * what counts the records of a bucket tells of it, and so do a garbage collection and a check.
 */
export function sweepSome(parts: Parts): void {
  const { expiry, environment } = parts;
  const keys = unlessDamaged(() => expiry.expiredKeys(environment.writes.moment, SWEEP_RECORDS));
  for (const key of keys ?? []) unlessDamaged(() => sweepOf(parts, key))?.();
}

/**
 * Deletes all that has expired, in transactions of bounded size; what is damaged stays, and goes to `damaged`.
 * Yields how many entries of the index it was through with.
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

/** Sweeps the entries under these keys; where one of them cannot be, each by itself. Resolves to how many are gone. */
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
 * What takes an entry away, and the record where it is the one that the entry is of; undefined where the entry
 * has gone. Throws `damaged`.
 */
function sweepOf(parts: Parts, indexKey: Buffer): (() => void) | undefined {
  const { chunks, environment, expiry } = parts;
  const entry = expiry.entryAt(indexKey);
  if (entry === undefined) return undefined;
  const { bucketId, key, version, expires } = entry;
  const db = environment.databases.get(bucketDatabase(bucketId));
  const header = readHeader(parts, db, key, STORED);
  // One that has been written since has an entry of its own.
  if (header?.version !== version || header.expires !== expires) {
    return () => expiry.removeAt(indexKey);
  }
  if (header.chunked) chunks.checkReleasable(header.chunked.valueId);
  return () => void removeRecord(parts, db, key);
}

/** What reading gives; undefined where that is damaged, which goes to `found`. */
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
