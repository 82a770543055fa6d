/**
 * Records of a load that came without order, and wait on the disk until they are written in order.
 */
import { type BatchLimits, NO_LIMITS, RecordBatch } from '../store/record-batch.js';
import { SortedRuns } from '../store/sorted-runs.js';

/** An input with fewer records in a batch counts as slow, and its records no longer wait. */
export const SLOW_RECORDS = 10_000;

export class WaitingRecords {
  #runs: SortedRuns | undefined;
  /** Whether records may wait, and the disk has accepted all of them so far. */
  #isPossible: boolean;
  /** The limits that the store gave for the last batch. */
  #limits: BatchLimits = NO_LIMITS;

  /** If records may not wait, none are taken. */
  constructor(mayWait: boolean) {
    this.#isPossible = mayWait;
  }

  /**
   * Widens the limits of a batch: more records without order can wait than can be written at once.
   */
  widen(batch: RecordBatch): RecordBatch {
    const { limits } = batch;
    this.#limits = limits;
    if (!this.#isPossible || limits.scratch === undefined) return batch;
    return batch.limit({ ...limits, scattered: NO_LIMITS.scattered });
  }

  /**
   * Takes the records of a batch that should be sorted, or that follows some that wait. False if it
   * has taken none.
   */
  take(batch: RecordBatch): boolean {
    const { ascending, count, limits } = batch;
    const isScattered = !ascending && limits.scratch !== undefined && count >= SLOW_RECORDS;
    if (!this.#isPossible || (this.#runs === undefined && !isScattered)) return false;
    try {
      this.#runs ??= new SortedRuns(limits.scratch!);
      this.#runs.add(batch);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      // The disk is full, or no file may be made there: the batch can be written unsorted.
      this.#isPossible = false;
      return false;
    }
  }

  /** The waiting records, once they should not grow further. */
  get full(): SortedRuns | undefined {
    return this.#runs?.isFull ? this.all() : undefined;
  }

  /** The disk space, in bytes, and the folder of waiting records. */
  get borrowed(): { readonly bytes: number; readonly folder: string } | undefined {
    return this.#runs;
  }

  /** All waiting records, to be closed by the caller; undefined if there are none. */
  all(): SortedRuns | undefined {
    const runs = this.#runs;
    this.#runs = undefined;
    return runs;
  }

  /**
   * A batch as it may be written: without order, in smaller ones of a size that the store takes at
   * once.
   */
  *inPieces(batch: RecordBatch): Generator<RecordBatch> {
    const { ascending, bytes, places, numbers, count, expires } = batch;
    if (ascending || count <= this.#limits.scattered) {
      yield batch;
      return;
    }
    let piece = new RecordBatch(this.#limits);
    for (let position = 0; position < count; position++) {
      const at = 4 * position;
      const span = {
        bytes,
        keyStart: places[at]!,
        keyEnd: places[at + 1]!,
        valueStart: places[at + 2]!,
        valueEnd: places[at + 3]!,
      };
      piece.add(numbers[position]!, span, expires?.[position] || undefined);
      if (!piece.isFull) continue;
      piece.through = numbers[position]!;
      yield piece;
      piece = new RecordBatch(this.#limits);
    }
    piece.through = batch.through;
    yield piece;
  }
}
