/**
 * Watches a bucket on LMDB. The last reported state is held, and compared page by page with the
 * newest, which costs as much as has changed, and writers nothing. A state that was let go is
 * compared by records kept in memory, or if there are too many, by the numbers of transactions and
 * versions: then deletions are missed.
 */
import { join } from 'node:path';
import { KvError } from '../../../errors.js';
import type { Milliseconds, StoredValue } from '../../record.js';
import type { Change, RecordChange, StoreWatch, WatchOptions } from '../../watch.js';
import { DATA_FILE, type ExpiryEntry } from '../layout.js';
import { LmdbBucket } from '../lmdb-bucket.js';
import { fileAt } from '../lock-file.js';
import type { Parts } from '../parts.js';
import { changesBetween, type Reported } from './changes-between.js';
import { HeldState } from './held-state.js';
import { type Comparison, heldAs, remaining, withoutState } from './reported.js';

/** The most changes that are sorted by version: some MB of memory. */
const SORTED_LIMIT = 20_000;

/** Changes in one part, if there are more. */
const PART_CHANGES = 1000;

/** How long the comparison runs between two pauses, in ms. */
const TURN_MS = 20;

const NOTHING: readonly Change[] = [];

export class LmdbWatch implements StoreWatch {
  readonly #parts: Parts;
  readonly #bucket: string;
  readonly #path: string;
  readonly #file: string | undefined;
  /** In the order of the keys: one range, whose state is held, or several after that was let go. */
  #reported: Reported[];
  #comparison: Comparison | undefined;
  /** The last transaction that was looked at. */
  #last = 0;
  /** When the next record of the store expires; found when needed. */
  #nextExpiry: Milliseconds | undefined;
  #isClosed = false;

  /** Throws `damaged`, `io`, `usage` within a transaction. */
  constructor(parts: Parts, bucket: string, { range, from }: WatchOptions) {
    const { environment } = parts;
    if (environment.inTransaction) {
      throw new KvError('usage', `cannot watch bucket "${bucket}": a transaction is under way`);
    }
    this.#parts = parts;
    this.#bucket = bucket;
    this.#path = join(environment.path, DATA_FILE);
    this.#file = fileAt(this.#path);
    const bounds = { lower: range.lower, upper: range.upper };
    const nothing = { kind: 'written', transaction: 0, version: 0, bucket: undefined } as const;
    this.#reported =
      from === 'now'
        ? [heldAs(new HeldState(parts, bucket, 0), bounds)]
        : [{ bounds, known: nothing, moment: 0 }];
  }

  isDue(): boolean {
    if (fileAt(this.#path) !== this.#file) throw this.#replaced();
    const { environment } = this.#parts;
    const held = this.#held;
    if (held === undefined || this.#comparison || held.isBehind) return true;
    if (environment.committedTransaction !== held.transaction) return true;
    return environment.writes.moment >= this.#timeOfNext(held);
  }

  *changes(): Generator<readonly Change[]> {
    const reported = this.#reported;
    const since = Math.max(...reported.map(({ moment }) => moment));
    const comparison: Comparison = {
      later: new HeldState(this.#parts, this.#bucket, since),
      done: 0,
      key: undefined,
    };
    // Opening the store sets the number of the last transaction back for a moment.
    if (comparison.later.transaction < this.#last) {
      this.#release([comparison.later]);
      return;
    }
    this.#last = comparison.later.transaction;
    this.#comparison = comparison;
    // Records that were never reported come in the order of the keys.
    let isSorted = reported.every(({ known }) => known.kind !== 'written' || known.transaction > 0);
    const part: Change[] = [];
    let began = performance.now();
    for (const step of this.#steps(comparison)) {
      if (step) part.push(step);
      if (part.length > SORTED_LIMIT) isSorted = false;
      const isFull = !isSorted && part.length >= PART_CHANGES;
      if (!isFull && (step || performance.now() - began < TURN_MS)) continue;
      yield isFull ? part.splice(0) : NOTHING;
      if (this.#comparison !== comparison) break;
      began = performance.now();
    }
    if (this.#comparison === comparison) this.#finish(comparison);
    else if (this.#isClosed) return;
    yield isSorted ? part.sort(compareByVersion) : part;
  }

  value({ entry: { key, version } }: RecordChange): StoredValue | undefined {
    const state = this.#comparison?.later ?? this.#held;
    const value = state?.value(Buffer.from(key), version);
    if (value) return value;
    const bucket =
      this.#parts.catalogue.find(this.#bucket) && new LmdbBucket(this.#parts, this.#bucket);
    const newest = bucket?.get(key);
    if (newest?.version === version) return newest;
    newest?.close();
    return undefined;
  }

  letGo(): void {
    if (this.#isClosed) return;
    const comparison = this.#comparison;
    const stretches = comparison ? remaining(this.#reported, comparison) : this.#reported;
    const states = this.#states();
    if (states.length === 0) return;
    this.#reported = stretches.map((reported) => ({ ...reported, known: withoutState(reported) }));
    this.#comparison = undefined;
    this.#release(states);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const states = this.#states();
    this.#comparison = undefined;
    this.#reported = [];
    this.#release(states);
  }

  *#steps(comparison: Comparison): Generator<Change | undefined> {
    let isMissedTold = false;
    for (const reported of this.#reported) {
      for (const step of changesBetween(this.#parts, reported, comparison.later)) {
        if (step?.change.kind === 'missed') {
          if (isMissedTold) continue;
          isMissedTold = true;
        }
        comparison.key = step?.key ?? comparison.key;
        yield step?.change;
        if (this.#comparison !== comparison) return;
      }
      comparison.done++;
      comparison.key = undefined;
    }
  }

  /** The comparison has been reported. */
  #finish({ later }: Comparison): void {
    const before = this.#held;
    const isSameIndex = before?.index?.equals(later.index ?? NO_BYTES) ?? later.index === undefined;
    const isAhead = this.#nextExpiry !== undefined && this.#nextExpiry > later.moment;
    if (!(isSameIndex && isAhead)) this.#nextExpiry = undefined;
    const states = this.#reported.flatMap(({ known }) =>
      known.kind === 'held' ? [known.state] : [],
    );
    const bounds = {
      lower: this.#reported[0]!.bounds.lower,
      upper: this.#reported.at(-1)!.bounds.upper,
    };
    this.#reported = [heldAs(later, bounds)];
    this.#comparison = undefined;
    for (const state of states) state.release();
  }

  #timeOfNext(held: HeldState): Milliseconds {
    if (this.#nextExpiry === undefined) {
      this.#nextExpiry = Number.POSITIVE_INFINITY;
      for (const { expires } of entriesAfter(this.#parts, held)) {
        this.#nextExpiry = expires;
        break;
      }
    }
    return this.#nextExpiry;
  }

  /** The state for which everything was reported, if it is held. */
  get #held(): HeldState | undefined {
    const [reported, more] = this.#reported;
    return more === undefined && reported?.known.kind === 'held' ? reported.known.state : undefined;
  }

  #states(): HeldState[] {
    const held = this.#reported.flatMap(({ known }) =>
      known.kind === 'held' ? [known.state] : [],
    );
    return this.#comparison ? [...held, this.#comparison.later] : held;
  }

  #release(states: readonly HeldState[]): void {
    for (const state of states) state.release();
    this.#parts.environment.reads.end();
  }

  #replaced(): KvError {
    const { path } = this.#parts.environment;
    const state = fileAt(this.#path) === undefined ? 'it is gone' : 'another is in its place';
    return new KvError('no-store', `cannot go on watching store "${path}": ${state}`);
  }
}

function entriesAfter({ expiry }: Parts, { index, moment }: HeldState): Iterable<ExpiryEntry> {
  return index ? expiry.entries(index, { after: moment }) : [];
}

const NO_BYTES = Buffer.alloc(0);

/** Deletions first, in the order in which they are found; then what was set, by version. */
function compareByVersion(one: Change, other: Change): number {
  return versionOf(one) - versionOf(other);
}

function versionOf(change: Change): number {
  return change.kind === 'set' ? change.entry.version : 0;
}
