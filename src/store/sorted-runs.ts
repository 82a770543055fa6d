/**
 * Sorting more records than memory holds. Batches whose keys come in no order are sorted, each by itself, and
 * written to a file one behind the other: its runs. Merging reads all of them side by side, and yields the
 * records in the order of their keys (Knuth, The Art of Computer Programming, volume 3, 5.4.1). So a tree
 * that they are written to is gone through once, and not once for each batch.
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

/** Of what is free on the disk, one in so many bytes may be borrowed: the store needs room as well. */
const SHARE_OF_FREE = 4;

/** Records between two yields of a merge: about 5 ms. */
const STEP_RECORDS = 4096;

export class SortedRuns {
  /** Where the file is, which has no name there. */
  readonly folder: string;
  /** Records that were taken. */
  count = 0;
  /** Bytes of the disk that are borrowed. */
  bytes = 0;
  /** That of the batch that was taken last: see `RecordBatch.through`. */
  through = 0;
  readonly #file: number;
  readonly #runs: RunBounds[] = [];
  /** What all keys begin with. */
  #prefix: Buffer | undefined;

  /** Opens a file in `folder`, which the system takes back with the process. Throws what the system says. */
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

  /** Takes the records of a batch. Throws what the system says, and then has taken none of them. */
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
   * All records in the order of their keys, of those with one key the last: fills `batch` with so many and
   * yields it, to be cleared before it goes on; undefined now and then, so that others can have their
   * turn. Throws what the system says.
   */
  *merged(batch: RecordBatch, records: number): Generator<RecordBatch | undefined> {
    const skip = this.#prefix?.length ?? 0;
    const heap = this.#runs.map((bounds, index) => new Run(this.#file, bounds, { index, skip }));
    for (const run of heap) run.advance();
    heap.sort((a, b) => (a.isBefore(b) ? -1 : 1));
    let step = 0;
    while (heap.length > 0) {
      const first = heap[0]!;
      // Another with its key comes next, and from a later run.
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

  /** Gives the disk back. */
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

/** What two keys both begin with. */
function inCommon(prefix: Buffer, key: Buffer): Buffer {
  let length = 0;
  while (length < prefix.length && length < key.length && prefix[length] === key[length]) length++;
  return prefix.subarray(0, length);
}
