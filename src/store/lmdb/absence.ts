/**
 * Checks whether a key that LMDB does not find is really missing. A flipped bit in a branch, or in
 * a key on the path, leads LMDB to another place, where the key is not. So the neighbours of that
 * place are checked: two sound records, between which the key belongs, with nothing else between
 * them.
 */

import { viewOfKey } from './checksum.js';
import type { Db } from './database.js';
import { statsOf } from './database.js';
import type { Parts } from './parts.js';
import type { Snapshot } from './reads.js';
import { isSound } from './record-layout.js';
import { countStretch } from './sound-stretch.js';

const MISLED = 'the store is damaged where it has its place';

/** Throws `damaged` if the key may exist. */
export function checkAbsent(parts: Parts, db: Db, key: Buffer, snapshot: Snapshot): void {
  const { catalogue, environment, seen } = parts;
  const isDirty = snapshot === undefined && environment.inTransaction;
  if (isDirty) {
    if (seen.lackedBefore(db, key)) return;
    // It existed, and the transaction may have deleted it.
    checkNeighbours(parts, db, key);
  } else if (snapshot === undefined && seen.lack(db, key)) return;
  const held = snapshot ?? (isDirty ? environment.reads.keepBeginning() : environment.reads.keep());
  try {
    const bounds = { lower: key, upper: Buffer.concat([key, Buffer.of(0)]) };
    const count = countStretch(environment, db, held, bounds);
    // The transaction under way may have deleted it.
    if (!isDirty && count !== 0) throw catalogue.damagedRecord(db, key, MISLED);
  } finally {
    if (held !== snapshot) environment.reads.release(held);
  }
}

/** Through LMDB, which alone knows what the transaction under way has written. */
function checkNeighbours(parts: Parts, db: Db, key: Buffer): void {
  const { catalogue, environment } = parts;
  const [next] = environment.reads.getKeys(db, { start: key, limit: 1 });
  const before = { start: key, exclusiveStart: true, reverse: true, limit: 1 };
  const [previous] = environment.reads.getKeys(db, before);
  const isBetween =
    (!previous || (Buffer.compare(previous, key) < 0 && isSoundAt(parts, db, previous))) &&
    (!next || (Buffer.compare(next, key) > 0 && isSoundAt(parts, db, next)));
  const isKnown = previous || next || statsOf(db).entryCount === 0;
  if (!(isBetween && isKnown)) throw catalogue.damagedRecord(db, key, MISLED);
}

function isSoundAt({ environment }: Parts, db: Db, key: Buffer): boolean {
  const found = environment.reads.get(db, key);
  if (found === undefined) return false;
  const { view, length } = found;
  return isSound(db.seed, viewOfKey(key), 0, key.length, view, 0, length);
}
