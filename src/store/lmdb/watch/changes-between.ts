/** The changes to a range of keys between what was reported and a later state. */
import { KvError } from '../../../errors.js';
import { isExpired, type Milliseconds } from '../../record.js';
import type { Change, RecordChange } from '../../watch.js';
import { PAGE_HEADER_BYTES, transactionOf } from '../file/page-header.js';
import type { Bounds } from '../file/walk.js';
import type { ExpiryEntry } from '../layout.js';
import type { Parts } from '../parts.js';
import { countOf, type HeldState } from './held-state.js';
import { isSameRecord, KeptCursor, type KeptRecord, LeafCursor } from './record-cursor.js';
import { type Former, unsharedLeaves } from './unshared-leaves.js';

/** Records between two pauses. */
const PAUSE_RECORDS = 200;

/** What is known of a reported state. */
export type Known =
  | { readonly kind: 'held'; readonly state: HeldState }
  /** All records of the range, in memory. */
  | { readonly kind: 'kept'; readonly records: readonly KeptRecord[]; readonly version: number }
  /** Only changes written since can be told; `bucket` is undefined if there was none. */
  | {
      readonly kind: 'written';
      readonly transaction: number;
      readonly version: number;
      readonly bucket: number | undefined;
    };

/** What was reported about a range of keys. */
export interface Reported {
  readonly bounds: Bounds;
  readonly known: Known;
  /** The time up to which expiries have been reported; it moves forward as more are. */
  moment: Milliseconds;
}

/** A change, with the bytes of its key if changes come in that order; undefined is a pause. */
export type Step = { readonly change: Change; readonly key?: Buffer } | undefined;

/** First expired records, by time; then other changes, by key. Throws `damaged`, `io`. */
export function* changesBetween(
  parts: Parts,
  reported: Reported,
  later: HeldState,
): Generator<Step> {
  const since = reported.moment;
  if (reported.known.kind === 'written' && mayMiss(reported.known, later)) {
    yield { change: { kind: 'missed', since, time: later.moment } };
  }
  for (const step of expiredBetween(parts, reported, later)) yield step && { change: step };
  yield* changedRecords(reported, later);
}

/** Whether keys may have gone that cannot be reported. */
function mayMiss({ bucket, transaction }: Known & { kind: 'written' }, later: HeldState): boolean {
  if (bucket === undefined) return false;
  const root = later.tree?.root;
  if (later.tree?.id !== bucket || root === undefined) return true;
  const { file } = later.source;
  const head = file.read(root.number * file.pageSize, PAGE_HEADER_BYTES);
  return head === undefined || transactionOf(head) > transaction;
}

function* expiredBetween(
  parts: Parts,
  reported: Reported,
  later: HeldState,
): Generator<RecordChange | undefined> {
  for (const { expires, version, key } of expiring(parts, reported, later)) {
    // Expiries at the same time are reported together: `moment` is the time up to which all are.
    if (expires - 1 > reported.moment) {
      reported.moment = expires - 1;
      yield undefined;
    }
    const former = reported.known.kind === 'held' ? reported.known.state : later;
    const kept = reported.known.kind === 'kept' ? recordAt(reported.known.records, key) : undefined;
    const record = kept ?? former.find(key);
    if (record?.version !== version) continue;
    // If it has been set anew meanwhile, that is reported.
    const now = later.find(key);
    if (now && !isExpired(now, later.moment)) continue;
    yield { kind: 'expire', entry: record, time: expires };
  }
  reported.moment = Math.max(reported.moment, later.moment);
}

/** Records that existed, and have expired since, in that order. */
function* expiring(
  parts: Parts,
  reported: Reported,
  later: HeldState,
): Generator<Omit<ExpiryEntry, 'bucketId'>> {
  const { known, moment: after } = reported;
  const upTo = later.moment;
  if (after >= upTo) return;
  if (known.kind === 'kept') {
    const timed = known.records.filter(
      ({ entry: { expires = Number.POSITIVE_INFINITY } }) => expires > after && expires <= upTo,
    );
    for (const { bytes, entry } of timed.sort((a, b) => a.entry.expires! - b.entry.expires!)) {
      yield { expires: entry.expires!, version: entry.version, key: bytes };
    }
    return;
  }
  const state = known.kind === 'held' ? known.state : later;
  const bucket = known.kind === 'held' ? known.state.tree?.id : known.bucket;
  const last = known.kind === 'held' ? Number.POSITIVE_INFINITY : known.version;
  if (state.index === undefined || bucket === undefined) return;
  for (const entry of parts.expiry.entries(state.index, { after, upTo })) {
    if (entry.bucketId !== bucket || entry.version > last || !isWithin(entry.key, reported.bounds))
      continue;
    yield { ...entry, key: Buffer.from(entry.key) };
  }
}

/** Walks the leaves that differ, in both states. Expired records are absent in either. */
function* changedRecords({ bounds, known }: Reported, later: HeldState): Generator<Step> {
  const { source, moment, tree } = later;
  const before = known.kind === 'held' ? known.state.tree : undefined;
  const leaves = yield* unsharedLeaves({ ...source, bounds }, formerOf(known, later), tree?.root);
  const one =
    known.kind === 'kept'
      ? new KeptCursor(known.records)
      : new LeafCursor(known.kind === 'held' ? known.state.source : source, leaves.before, bounds);
  const other = new LeafCursor(source, leaves.after, bounds);
  const last = known.kind === 'written' && known.bucket === tree?.id ? known.version : 0;
  let balance = 0;
  let passed = 0;
  while (one.isInside || other.isInside) {
    const order = !one.isInside ? 1 : !other.isInside ? -1 : Buffer.compare(one.key, other.key);
    if (order < 0) {
      const entry = one.entry();
      const change = isExpired(entry, moment)
        ? undefined
        : ({ kind: 'delete', entry, time: moment } as const);
      if (change) yield { change, key: Buffer.from(one.key) };
    } else if (order > 0 ? other.version > last : !isSameRecord(one, other)) {
      const change = changeTo(order === 0 ? one : undefined, other, moment);
      if (change) yield { change, key: Buffer.from(other.key) };
    }
    balance += Math.sign(order);
    if (order <= 0) one.next();
    if (order >= 0) other.next();
    if (++passed % PAUSE_RECORDS === 0) yield undefined;
  }
  const isWhole = bounds.lower === undefined && bounds.upper === undefined;
  if (!isWhole || known.kind !== 'held') return;
  // A damaged branch misses some of the leaves.
  if (balance === (tree ? countOf(tree) : 0) - (before ? countOf(before) : 0)) return;
  throw new KvError(
    'damaged',
    `cannot watch store file "${source.file.path}": damaged: some of its keys cannot be read`,
  );
}

function formerOf(known: Known, later: HeldState): Former {
  switch (known.kind) {
    case 'held':
      return { kind: 'tree', root: known.state.tree?.root };
    case 'kept':
      return { kind: 'written', upTo: 0 };
    case 'written':
      return { kind: 'written', upTo: known.bucket === later.tree?.id ? known.transaction : 0 };
    default:
      return known satisfies never;
  }
}

function changeTo(
  one: KeptCursor | LeafCursor | undefined,
  other: LeafCursor,
  moment: Milliseconds,
): RecordChange | undefined {
  const entry = other.entry();
  if (!isExpired(entry, moment)) return { kind: 'set', entry, time: entry.modified };
  // It has been set and has expired since.
  if (one === undefined || isExpired(one.entry(), moment)) return undefined;
  return { kind: 'expire', entry, time: entry.expires! };
}

function recordAt(records: readonly KeptRecord[], key: Buffer) {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Buffer.compare(records[middle]!.bytes, key) < 0) low = middle + 1;
    else high = middle;
  }
  const found = records[low];
  return found && Buffer.compare(found.bytes, key) === 0 ? found.entry : undefined;
}

function isWithin(key: Buffer, { lower, upper }: Bounds): boolean {
  if (lower && Buffer.compare(key, lower) < 0) return false;
  return !upper || Buffer.compare(key, upper) < 0;
}
