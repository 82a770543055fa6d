/**
 * Sorts more records than fit in memory. Batches of unordered keys are sorted, each by itself, and
 * appended to a file: its runs. Merging reads all of them side by side, and yields the records in
 * the order of their keys (Knuth, The Art of Computer Programming, volume 3, 5.4.1). So a tree that
 * they are written to is walked once, and not once for each batch.
 */
import { closeSync, openSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { compareRecords, putInKeyOrder } from './key-order.js';
import { loadOrder } from './load-order.js';
import type { RecordBatch } from './record-batch.js';
import { Run, type RunBounds, writeRun } from './run.js';

/** Bytes of the disk after which no more runs are taken. */
const LIMIT_BYTES = 4 * 1024 ** 3;

/** Runs after which no more are taken: each has a block in memory while they are merged. */
const LIMIT_RUNS = 128;

/**
 * The share of the free disk that may be used is one in this many bytes: the store needs room as
 * well.
 */
const SHARE_OF_FREE = 4;

/** Records between two yields of a merge: about 5 ms. */
const STEP_RECORDS = 4096;

export class SortedRuns {
  /** The folder of the file, which has no name there. */
  readonly folder: string;
  /** The number of records taken. */
  count = 0;
  /** Bytes of the disk in use. */
  bytes = 0;
  /** That of the batch taken last: see `RecordBatch.through`. */
  through = 0;
  readonly #file: number;
  readonly #runs: RunBounds[] = [];
  /** The common prefix of all keys. */
  #prefix: Buffer | undefined;

  /**
   * Opens a file in `folder`, which the system deletes with the process. Throws the system's
   * errors.
   */
  constructor(folder: string) {
    this.folder = folder;
    const path = join(folder, `.sorting-${process.pid}-${process.hrtime.bigint()}`);
    this.#file = openSync(path, 'wx+', 0o600);
    rmSync(path);
  }

  /** Whether there is no room for another batch. */
  get isFull(): boolean {
    if (this.#runs.length === LIMIT_RUNS || this.bytes >= LIMIT_BYTES) return true;
    const { bavail, bsize } = statfsSync(this.folder);
    return (bavail * bsize) / SHARE_OF_FREE < this.bytes;
  }

  /** Takes the records of a batch. If it throws a system error, it has taken none of them. */
  add(batch: RecordBatch): void {
    const { bytes, places } = batch;
    const order = uniqueKeys(putInKeyOrder(loadOrder(batch), batch), batch);
    const start = this.bytes;
    const end = start + writeRun(this.#file, start, batch, order);
    this.#runs.push({ start, end });
    this.bytes = end;
    this.count += batch.count;
    this.through = batch.through;
    for (const position of [order[0]!, order.at(-1)!]) {
      const key = bytes.subarray(places[4 * position], places[4 * position + 1]);
      this.#prefix = this.#prefix === undefined ? Buffer.from(key) : inCommon(this.#prefix, key);
    }
  }

  /**
   * All records in the order of their keys, the last one of each key: fills `batch` with `records`
   * of them and yields it, to be cleared by the caller; yields undefined now and then, so that
   * other work can run. Throws the system's errors.
   */
  *merged(batch: RecordBatch, records: number): Generator<RecordBatch | undefined> {
    const skip = this.#prefix?.length ?? 0;
    const heap = this.#runs.map((bounds, index) => new Run(this.#file, bounds, { index, skip }));
    for (const run of heap) run.advance();
    heap.sort((a, b) => (a.isBefore(b) ? -1 : 1));
    let step = 0;
    while (heap.length > 0) {
      const first = heap[0]!;
      // Another record with its key comes next, from a later run.
      const isReplaced = heap[1]?.hasKeyOf(first) || heap[2]?.hasKeyOf(first);
      if (!isReplaced) batch.add(0, first, first.expires);
      if (!first.advance()) {
        const last = heap.pop()!;
        if (heap.length > 0) heap[0] = last;
      }
      sink(heap);
      if (batch.count === records || batch.isFull) yield batch;
      else if (++step % STEP_RECORDS === 0) yield undefined;
    }
    if (batch.count > 0) yield batch;
  }

  /** Releases the disk space. */
  close(): void {
    closeSync(this.#file);
  }
}

/** Positions in the order of their keys, without those whose key the next one has as well. */
function uniqueKeys(order: Uint32Array, batch: RecordBatch): Uint32Array {
  let kept = 0;
  for (let index = 0; index < order.length; index++) {
    const next = order[index + 1];
    if (next !== undefined && compareRecords(batch, order[index]!, next) === 0) continue;
    order[kept++] = order[index]!;
  }
  return order.subarray(0, kept);
}

/** Moves the first of a heap down to its place. */
function sink(heap: Run[]): void {
  let at = 0;
  for (;;) {
    let least = 2 * at + 1;
    if (least >= heap.length) return;
    if (least + 1 < heap.length && heap[least + 1]!.isBefore(heap[least]!)) least++;
    const run = heap[at]!;
    if (!heap[least]!.isBefore(run)) return;
    heap[at] = heap[least]!;
    heap[least] = run;
    at = least;
  }
}

/** The common prefix of two keys. */
function inCommon(prefix: Buffer, key: Buffer): Buffer {
  let length = 0;
  while (length < prefix.length && length < key.length && prefix[length] === key[length]) length++;
  return prefix.subarray(0, length);
}
