/** Deletes the records of a bucket in steps of one script a shard, so that other work comes in between. */
import type { KeyRange } from '../record.js';
import type { Entry } from './catalogue.js';
import { boundsOf } from './layout.js';
import { type Ask, everyShard, type ShardCalls, type Told } from './shard-calls.js';

/** Records that one script deletes. */
const STEP_RECORDS = 500;

/** Deletes a range of a bucket that is found by its name; yields how many records went. Throws `no-bucket`. */
export function* deletedFrom(
  calls: ShardCalls,
  bucket: string,
  range: KeyRange,
): Generator<number> {
  const action = `delete keys of bucket "${bucket}"`;
  const words = [...boundsOf(range), String(STEP_RECORDS)];
  const asks = everyShard(calls.catalogue.entry(bucket), 'purge', words);
  yield* inSteps(asks, (left) => calls.call(bucket, action, () => left), wasPurged);
}

/** Deletes all that a bucket held which no name leads to; yields how many records went. */
export function* purged(calls: ShardCalls, entry: Entry): Generator<number> {
  const asks = everyShard(entry, 'purge', ['-', '+', String(STEP_RECORDS)]);
  yield* inSteps(asks, (left) => calls.callEntry(entry, 'delete a bucket', left), wasPurged);
}

/** Deletes the records of a bucket that have expired; yields how many. */
export function* swept(calls: ShardCalls, entry: Entry): Generator<number> {
  const asks = everyShard(entry, 'sweep', [String(STEP_RECORDS)]);
  yield* inSteps(
    asks,
    (left) => calls.callEntry(entry, 'collect garbage', left),
    // A bucket that was deleted meanwhile answers `stale`, and no number.
    ([, deleted]) => ({ deleted: Number(deleted ?? 0), hasMore: deleted === STEP_RECORDS }),
  );
}

interface Step {
  readonly deleted: number;
  readonly hasMore: boolean;
}

/** Runs scripts, and again those whose shard has more. */
function* inSteps(
  asks: readonly Ask[],
  run: (asks: readonly Ask[]) => readonly Told[],
  stepOf: (told: Told) => Step,
): Generator<number> {
  for (let left = asks; left.length > 0; ) {
    const steps = run(left).map(stepOf);
    left = left.filter((_, at) => steps[at]!.hasMore);
    yield steps.reduce((sum, { deleted }) => sum + deleted, 0);
  }
}

function wasPurged([, deleted, hasMore]: Told): Step {
  return { deleted: deleted as number, hasMore: hasMore === 1 };
}
