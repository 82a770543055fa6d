/** Deleting records that have expired. */
import { KvError } from '../../errors.js';
import { bucketDatabase, type ExpiryEntry } from './layout.js';
import type { Parts } from './parts.js';
import { readHeader, removeRecord, STORED } from './records.js';

/** Expired records that a transaction deletes beside its own work: some tenths of a millisecond. */
const SWEEP_RECORDS = 100;

/** Deletes the first records that have expired, within a transaction; returns how many. Throws `damaged`. */
export function sweepExpired(parts: Parts, limit: number): number {
  const { expiry, environment } = parts;
  const expired = expiry.expired(environment.writes.moment, limit);
  for (const entry of expired) sweepOne(parts, entry);
  return expired.length;
}

/**
 * The same beside other work, which nothing that is damaged there may keep from being done: what counts
 * the records of a bucket says so, and what checks the store.
 */
export function sweepSome(parts: Parts): void {
  try {
    sweepExpired(parts, SWEEP_RECORDS);
  } catch (error) {
    if (!(error instanceof KvError && error.code === 'damaged')) throw error;
  }
}

/** Takes the entry away, and the record where it is the one that the entry is of. */
function sweepOne(parts: Parts, { bucketId, key, ...timed }: ExpiryEntry): void {
  const db = parts.environment.database(bucketDatabase(bucketId));
  const header = readHeader(parts, db, key, STORED);
  if (header?.version === timed.version) removeRecord(parts, db, key);
  else parts.expiry.remove(timed);
}
