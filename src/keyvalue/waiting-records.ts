/** Records of a load that came in no order, and wait on the disk until they are written in theirs. */
import { type BatchLimits, NO_LIMITS, RecordBatch } from '../store/record-batch.js';
import { SortedRuns } from '../store/sorted-runs.js';

/** Records of a batch below which the input is taken for slow: what has come of it waits for no more. */
export const SLOW_RECORDS = 10_000;

export class WaitingRecords {
  #runs: SortedRuns | undefined;
  /** Whether records may wait, and the disk has taken all that it was given. */
  #isPossible: boolean;
  /** What the store has asked of the last batch. */
  #limits: BatchLimits = NO_LIMITS;

  /** Where no records may wait, none are taken. */
  constructor(mayWait: boolean) {
    this.#isPossible = mayWait;
  }

  /** The limits of a batch that is filled for this: more of one in no order can wait than can be written at once. */
  widen(batch: RecordBatch): RecordBatch {
    const { limits } = batch;
    this.#limits = limits;
    if (!this.#isPossible || limits.scratch === undefined) return batch;
    return batch.limit({ ...limits, scattered: NO_LIMITS.scattered });
  }

  /**
   * Takes the records of a batch that had better be sorted, or that comes behind some that wait. False where it
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
      // There is no room, or no right to make a file there: it can be written unsorted.
      this.#isPossible = false;
      return false;
    }
  }

  /** What waits, where there is so much that it should not grow. */
  get full(): SortedRuns | undefined {
    return this.#runs?.isFull ? this.all() : undefined;
  }

  /** Where records wait: how much of the disk they take, in bytes, and in which folder. */
  get borrowed(): { readonly bytes: number; readonly folder: string } | undefined {
    return this.#runs;
  }

  /** All that waits, which is to be closed; undefined where nothing does. */
  all(): SortedRuns | undefined {
    const runs = this.#runs;
    this.#runs = undefined;
    return runs;
  }

  /** A batch as it may be written: where it is in no order, in smaller ones of what the store takes at once. */
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
