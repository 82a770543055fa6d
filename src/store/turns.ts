/** Work that lasts, done in turns of the event loop, so that it can be followed and stopped. */
import type { WorkOptions } from './store.js';

/** How long a turn lasts, in ms: as long may a signal go unheard. */
const TURN_MS = 20;

/**
 * Goes through steps, each of which says how many records it was through with, and resolves to their
 * sum. Rejects with what a step throws, and the reason of `signal`.
 */
export async function inTurns(
  steps: Iterable<number>,
  { signal, progress }: WorkOptions = {},
): Promise<number> {
  signal?.throwIfAborted();
  let began = performance.now();
  let done = 0;
  for (const records of steps) {
    done += records;
    if (performance.now() - began < TURN_MS) continue;
    progress?.(done);
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    began = performance.now();
  }
  return done;
}
