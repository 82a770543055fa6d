/**
 * What has been reported about the parts of a range, when a look ends early, and when states are
 * let go.
 */
import { KvError } from '../../../errors.js';
import { pagesOfTree } from '../file/tree-descriptor.js';
import type { Bounds } from '../file/walk.js';
import type { Known, Reported } from './changes-between.js';
import { countOf, type HeldState } from './held-state.js';
import { type KeptRecord, LeafCursor } from './record-cursor.js';
import { unsharedLeaves } from './unshared-leaves.js';

/**
 * Records that are kept in memory when a state is let go: it takes some tenths of a second, and
 * some 30 MB.
 */
const KEPT_LIMIT = 100_000;

/** A comparison under way. */
export interface Comparison {
  readonly later: HeldState;
  /** The number of parts done. */
  done: number;
  /** The key up to which the next part is done. */
  key: Buffer | undefined;
}

export function heldAs(state: HeldState, bounds: Bounds): Reported {
  return { bounds, known: { kind: 'held', state }, moment: state.moment };
}

/** What has been reported about each part when a look ends early. */
export function remaining(
  reported: readonly Reported[],
  { later, done, key }: Comparison,
): Reported[] {
  const first = reported[0]!.bounds.lower;
  const next = reported[done];
  const behind = key && Buffer.concat([key, Buffer.of(0)]);
  const upper = behind ?? next?.bounds.lower;
  const rest = reported.slice(done);
  if (next && behind) rest[0] = { ...next, ...behindKey(next, behind) };
  const hasTold = key !== undefined || done > 0;
  return hasTold ? [heldAs(later, { lower: first, upper }), ...rest] : rest;
}

/** The rest of a part after a key. */
function behindKey({ bounds, known }: Reported, lower: Buffer): Pick<Reported, 'bounds' | 'known'> {
  const rest = { lower, upper: bounds.upper };
  if (known.kind !== 'kept') return { bounds: rest, known };
  const records = known.records.filter(({ bytes }) => Buffer.compare(bytes, lower) >= 0);
  return { bounds: rest, known: { ...known, records } };
}

/** What is known of a part when its state is let go. */
export function withoutState({ known, bounds }: Reported): Known {
  if (known.kind !== 'held') return known;
  const { state } = known;
  const { transaction, version, tree } = state;
  const records = keptOf(state, bounds);
  if (records) return { kind: 'kept', records, version };
  return { kind: 'written', transaction, version, bucket: tree?.id };
}

/** The records of a part; undefined if there are too many, or they are damaged. */
function keptOf(state: HeldState, bounds: Bounds): KeptRecord[] | undefined {
  try {
    return readRecords(state, bounds);
  } catch (error) {
    // The next look reports it.
    if (error instanceof KvError) return undefined;
    throw error;
  }
}

function readRecords(state: HeldState, bounds: Bounds): KeptRecord[] | undefined {
  const records: KeptRecord[] = [];
  const { source, tree } = state;
  if (tree === undefined) return records;
  const range = { ...source, bounds };
  const walk = unsharedLeaves(range, { kind: 'tree', root: undefined }, tree.root);
  let step = walk.next();
  while (!step.done) step = walk.next();
  const { after } = step.value;
  // About as many as in any other leaf.
  if ((after.length * countOf(tree)) / Math.max(1, pagesOfTree(tree.descriptor)) > KEPT_LIMIT) {
    return undefined;
  }
  for (const cursor = new LeafCursor(source, after, bounds); cursor.isInside; cursor.next()) {
    if (records.length === KEPT_LIMIT) return undefined;
    records.push({ bytes: Buffer.from(cursor.key), entry: cursor.entry() });
  }
  return records;
}
