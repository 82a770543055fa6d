/**
 * Removes expired records, and what ended processes have left: drafts, and chunks without a record.
 */
import { KvError } from '../../errors.js';
import type { Collected, WorkOptions } from '../store.js';
import { inTurns, nextTurn } from '../turns.js';
import { discardAbandoned, draftNames } from './drafts.js';
import type { Parts } from './parts.js';
import { sweepAll } from './sweep.js';

/** How much of abandoned uploads an opening frees: about 1 GiB, some tens of ms. */
const RECLAIM_STEPS = 4;

/** Removes some of what others have left, and returns of how many uploads. Throws errors of writing, except `full`. */
export function reclaimSome(parts: Parts): number {
  const { chunks, transactions } = parts;
  const drafts = draftNames(parts);
  const before = chunks.uploadIds().length;
  if (before === 0 && drafts.length === 0) return 0;
  for (const draft of drafts) {
    transactions.run(() => {
      for (const _ of discardAbandoned(parts, { bucket: draft, isUntouched: true })) {
        // Runs all steps.
      }
    });
  }
  chunks.reclaim(RECLAIM_STEPS);
  return Math.max(before - chunks.uploadIds().length, 0);
}

/** See `Store.collectGarbage`. */
export async function collectGarbage(
  parts: Parts,
  { signal, progress }: WorkOptions,
): Promise<Collected> {
  const { chunks, environment } = parts;
  const damaged: KvError[] = [];
  let expired = 0;
  signal?.throwIfAborted();
  for await (const swept of sweepAll(parts, damaged, signal)) {
    chunks.reclaim();
    expired += swept;
    progress?.(expired);
  }
  environment.refresh();
  const before = chunks.countUploads();
  for (const draft of draftNames(parts)) {
    try {
      await discardOne(parts, draft, signal);
    } catch (error) {
      if (!(error instanceof KvError && error.code === 'damaged')) throw error;
      damaged.push(error);
    }
  }
  const known = new Map<string, KvError>();
  for (let isMore = true; isMore; ) {
    await environment.writes.writersDone(signal);
    environment.refresh();
    isMore = chunks.reclaimStep((error) => known.set(error.message, error));
    await nextTurn();
    signal?.throwIfAborted();
  }
  environment.refresh();
  const uploads = before - chunks.countUploads();
  return { expired, uploads, damaged: [...damaged, ...known.values()] };
}

async function discardOne(parts: Parts, bucket: string, signal?: AbortSignal): Promise<void> {
  const steps = () => inTurns(discardAbandoned(parts, { bucket, isUntouched: true }), { signal });
  await parts.transactions.runAsync(steps, signal);
}
