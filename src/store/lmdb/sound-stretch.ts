/**
 * Looking at a stretch of a tree in the file, beside what LMDB has said of it: LMDB follows a branch that
 * is damaged, and goes past a page that is not the one it should be.
 */
import type { Db } from './database.js';
import type { Snapshot } from './environment.js';
import { isSoundNode } from './file/leaf-records.js';
import { type LeafRange, leavesOf, outOfOrder } from './file/leaves.js';
import type { Bounds } from './file/walk.js';
import type { Parts } from './parts.js';

/** What `leavesOf` is to go through. */
export function leafRange(
  { environment }: Parts,
  db: Db,
  descriptor: Buffer,
  bounds: Bounds,
): LeafRange {
  const { file } = environment;
  // Of the snapshot, or of a transaction that has come since.
  const newest = BigInt(environment.lastTransaction);
  const source = { file, newest, seed: db.seed };
  const isSound: LeafRange['isSound'] = (page, node) => isSoundNode(page, node, source);
  return { file, descriptor, newest, bounds, isSound };
}

/** How many records lie within bounds in a snapshot; undefined where there was no such tree yet. Throws `damaged`, `io`. */
export function countStretch(
  parts: Parts,
  db: Db,
  snapshot: Snapshot,
  bounds: Bounds,
): number | undefined {
  const descriptor = parts.environment.findDescriptor(db, snapshot);
  if (descriptor === undefined) return undefined;
  let count = 0;
  for (const { page, from, to } of leavesOf(leafRange(parts, db, descriptor, bounds))) {
    // LMDB ends where a key seems to lie beyond the bounds, though others come after it.
    if (page.firstMisplaced() >= 0) throw outOfOrder(parts.environment.file);
    count += to - from;
  }
  return count;
}
