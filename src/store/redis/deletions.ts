/**
 * Deletes the records of a bucket in steps of one script a shard, so that other work can run in
 * between.
 */
import type { KeyRange } from '../record.js';
import type { Entry } from './catalogue-entry.js';
import { boundsOf } from './layout.js';
import { type Ask, everyShard, type ScriptAnswer, type ShardCalls } from './shard-calls.js';

/** Records that one script deletes. */
const STEP_RECORDS = 500;

/** Deletes a range of a named bucket; yields the number of records deleted. Throws `no-bucket`. */
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

/** Deletes everything in a bucket without a name; yields the number of records deleted. */
export function* purged(calls: ShardCalls, entry: Entry): Generator<number> {
  const asks = everyShard(entry, 'purge', ['-', '+', String(STEP_RECORDS)]);
  yield* inSteps(asks, (left) => calls.callEntry(entry, 'delete a bucket', left), wasPurged);
}

/** Deletes the expired records of a bucket; yields their number. */
export function* swept(calls: ShardCalls, entry: Entry): Generator<number> {
  const asks = everyShard(entry, 'sweep', [String(STEP_RECORDS)]);
  yield* inSteps(
    asks,
    (left) => calls.callEntry(entry, 'collect garbage', left),
    // A bucket that was deleted meanwhile answers `stale`, without a number.
    ([, deleted]) => ({ deleted: Number(deleted ?? 0), hasMore: deleted === STEP_RECORDS }),
  );
}

interface Step {
  readonly deleted: number;
  readonly hasMore: boolean;
}

/** Runs scripts, and repeats those whose shard has more. */
function* inSteps(
  asks: readonly Ask[],
  run: (asks: readonly Ask[]) => readonly ScriptAnswer[],
  stepOf: (answer: ScriptAnswer) => Step,
): Generator<number> {
  for (let left = asks; left.length > 0; ) {
    const steps = run(left).map(stepOf);
    left = left.filter((_, at) => steps[at]!.hasMore);
    yield steps.reduce((sum, { deleted }) => sum + deleted, 0);
  }
}

function wasPurged([, deleted, hasMore]: ScriptAnswer): Step {
  return { deleted: deleted as number, hasMore: hasMore === 1 };
}
