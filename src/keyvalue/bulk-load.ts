/**
 * Loads records by the million, beyond the WIT: packed into batches, of which one is written while
 * the next is filled. Records without order, for a large bucket, are sorted first.
 */
import { Unmet } from '../store/condition.js';
import type { Milliseconds } from '../store/record.js';
import { NO_LIMITS, RecordBatch, type RecordSpan } from '../store/record-batch.js';
import type { SortedRuns } from '../store/sorted-runs.js';
import type { StoreBucket } from '../store/store.js';
import { nextTurn } from '../store/turns.js';
import { storedBucket } from './bucket.js';
import type { LoadOptions, LoadTarget } from './load-options.js';
import { checkKey } from './names.js';
import { type OutgoingValue, uploadOf } from './outgoing-value.js';
import { Rehearsal, type StoredTarget } from './rehearsal.js';
import { SLOW_RECORDS, WaitingRecords } from './waiting-records.js';

/** How long a record waits for its batch to fill while nothing is being written, in ms. */
const PATIENCE_MS = 500;

/** A batch or a value that waits to be written, in the order of the input. */
type Pending = { readonly target: StoredTarget } & (
  | { readonly batch: RecordBatch }
  | { readonly runs: SortedRuns }
  | {
      readonly key: string;
      readonly at: number;
      readonly value: OutgoingValue | undefined;
      readonly expires: Milliseconds | undefined;
    }
);

export class BulkLoad {
  /** Records written, and on the disk. */
  written = 0;
  /** All records up to this one, by the caller's ascending numbers, were written or refused. */
  committedThrough = 0;
  /** Whether some later records have been written as well: those of a merge that has not ended. */
  isBetween = false;
  #target: StoredTarget | undefined;
  readonly #options: LoadOptions;
  readonly #pending: Pending[] = [];
  readonly #spare: RecordBatch[] = [];
  readonly #waiting: WaitingRecords;
  #batch = new RecordBatch(NO_LIMITS);
  /** When the last batch was completed, by the process's clock, in ms. */
  #sealed = performance.now();
  #underWay: Promise<void> = Promise.resolve();
  #isWriting = false;
  readonly #rehearsal = new Rehearsal();

  constructor(options: LoadOptions) {
    this.#options = options;
    // Only where existing records are replaced does the order not matter.
    this.#waiting = new WaitingRecords(options.existing === 'overwrite' && !options.dryRun);
  }

  /** The disk space, in bytes, and the folder of records that wait to be sorted. */
  get borrowed(): { readonly bytes: number; readonly folder: string } | undefined {
    return this.#waiting.borrowed;
  }

  /** The following records, after `through`, go to this bucket. */
  into({ name, bucket }: LoadTarget, through: number): void {
    this.#seal(through);
    this.#merge(this.#waiting.all());
    this.#target = { name, stored: bucket && storedBucket(bucket) };
    this.#batch = this.#nextBatch(this.#batch);
  }

  /** Adds a record; returns the reason if its key is invalid. See `RecordBatch.add`. */
  add(at: number, span: RecordSpan, expires?: Milliseconds): string | undefined {
    if (this.#batch.isFull) this.#seal(at - 1);
    return this.#batch.add(at, span, expires);
  }

  /**
   * Adds a value that was uploaded in pieces (undefined in a dry run), and closes it when it has
   * been stored. Throws `invalid-key`.
   */
  addValue(
    at: number,
    key: string,
    value: OutgoingValue | undefined,
    expires?: Milliseconds,
  ): void {
    checkKey(key);
    this.#seal(at - 1);
    this.#merge(this.#waiting.all());
    this.#pending.push({ target: this.#target!, value, key, at, expires });
  }

  /**
   * Begins to write full batches, and records that have waited long, up to `through`. Resolves when
   * only the disk has to be waited for.
   */
  async drain(through: number): Promise<void> {
    const isLate = performance.now() - this.#sealed > PATIENCE_MS;
    if (isLate && !this.#isWriting) {
      const isSlow = this.#batch.count < SLOW_RECORDS;
      this.#seal(through);
      if (isSlow) this.#merge(this.#waiting.all());
    }
    const isEmpty = this.#batch.count === 0 && this.borrowed === undefined;
    if (isEmpty && !this.#isWriting && this.#pending.length === 0)
      this.committedThrough = Math.max(this.committedThrough, through);
    while (this.#pending.length > 0) {
      await this.#underWay;
      this.#options.signal?.throwIfAborted();
      this.#isWriting = true;
      await new Promise<void>((resolve) => {
        this.#underWay = this.#write(this.#pending.shift()!, resolve).finally(() => {
          this.#isWriting = false;
          resolve();
        });
        // It is awaited before the next write, or at the end, and its failure is thrown there.
        this.#underWay.catch(() => {});
      });
    }
  }

  /** Writes everything up to `through`. More may follow. */
  async finish(through: number): Promise<void> {
    this.#seal(through);
    this.#merge(this.#waiting.all());
    await this.drain(through);
    await this.#underWay;
    this.committedThrough = Math.max(this.committedThrough, through);
  }

  /** Waits for the write under way, and drops the rest. */
  async abandon(): Promise<void> {
    this.#merge(this.#waiting.all());
    for (const next of this.#pending.splice(0)) {
      if ('key' in next) next.value?.[Symbol.dispose]();
      if ('runs' in next) next.runs.close();
    }
    await this.#underWay.catch(() => {});
  }

  #seal(through: number): void {
    this.#sealed = performance.now();
    const batch = this.#batch;
    if (batch.count === 0) return;
    batch.through = through;
    if (this.#waiting.take(batch)) {
      this.#merge(this.#waiting.full);
      batch.clear();
      this.#batch = this.#nextBatch(batch);
      return;
    }
    this.#merge(this.#waiting.all());
    const target = this.#target!;
    for (const piece of this.#waiting.inPieces(batch)) this.#pending.push({ target, batch: piece });
    this.#batch = this.#nextBatch(this.#spare.pop());
  }

  #merge(runs: SortedRuns | undefined): void {
    if (runs !== undefined) this.#pending.push({ target: this.#target!, runs });
  }

  /** An empty batch for the bucket; `spare` is reused if given. */
  #nextBatch(spare: RecordBatch | undefined): RecordBatch {
    const stored = this.#target?.stored;
    if (stored !== undefined) return this.#waiting.widen(stored.batch(spare));
    return spare?.limit(NO_LIMITS) ?? new RecordBatch(NO_LIMITS);
  }

  /** `whenSet` is called when only the disk has to be waited for. */
  async #write(next: Pending, whenSet: () => void): Promise<void> {
    if ('batch' in next) await this.#writeBatch(next.target, next.batch, whenSet);
    else if ('runs' in next) await this.#writeRuns(next.target.stored!, next.runs);
    else this.#writeValue(next.target, next);
  }

  /**
   * In transactions as large as may be written at once; each changes pages after those of the one
   * before.
   */
  async #writeRuns(stored: StoreBucket, runs: SortedRuns): Promise<void> {
    const { signal } = this.#options;
    const empty = stored.batch();
    try {
      for (const batch of runs.merged(empty, empty.limits.scattered)) {
        signal?.throwIfAborted();
        if (batch !== undefined) await stored.load(batch, 'overwrite', { signal });
        else await nextTurn();
        this.isBetween ||= batch !== undefined;
        batch?.clear();
      }
      this.written += runs.count;
      this.committedThrough = runs.through;
      this.isBetween = false;
    } finally {
      runs.close();
    }
  }

  async #writeBatch(target: StoredTarget, batch: RecordBatch, whenSet: () => void): Promise<void> {
    const refused = await this.#load(target, batch, whenSet);
    const stopped = this.#options.existing === 'stop' ? refused[0] : undefined;
    this.written += stopped ?? batch.count - refused.length;
    this.committedThrough = stopped === undefined ? batch.through : batch.numbers[stopped]! - 1;
    for (const position of refused) {
      const expires = batch.expires?.[position] || undefined;
      const [at, key] = [batch.numbers[position]!, batch.key(position)];
      this.#options.refused(at, key, batch.value(position), expires);
    }
    batch.clear();
    this.#spare.push(batch);
  }

  async #load(target: StoredTarget, batch: RecordBatch, whenSet: () => void): Promise<number[]> {
    const { dryRun, existing, signal } = this.#options;
    if (!dryRun) return target.stored!.load(batch, existing, { signal, whenSet });
    return existing === 'overwrite' ? [] : this.#rehearsal.refused(target, batch, existing);
  }

  #writeValue(
    target: StoredTarget,
    { at, key, value, expires }: Extract<Pending, { readonly key: string }>,
  ): void {
    const { existing, refused } = this.#options;
    try {
      const isWritten =
        value === undefined
          ? existing === 'overwrite' || !this.#rehearsal.isThere(target, key)
          : this.#put(target, key, value, expires);
      this.committedThrough = !isWritten && existing === 'stop' ? at - 1 : at;
      if (isWritten) this.written++;
      else refused(at, key, undefined, expires);
    } finally {
      value?.[Symbol.dispose]();
    }
  }

  /** False if the key exists and its record is to be kept. */
  #put(
    { stored }: StoredTarget,
    key: string,
    value: OutgoingValue,
    expires: Milliseconds | undefined,
  ): boolean {
    const isKept = this.#options.existing !== 'overwrite';
    const condition = isKept ? ({ kind: 'absent' } as const) : undefined;
    return !(stored!.put(key, uploadOf(value), { condition, expires }) instanceof Unmet);
  }
}
