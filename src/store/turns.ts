/** Does long work in turns of the event loop, so that it can be followed and stopped. */
import type { WorkOptions } from './store.js';

/** How long a turn lasts, in ms: a signal may go unheard as long. */
const TURN_MS = 20;

/**
 * Runs steps, each of which yields the number of records done, and resolves to their sum. What
 * `afterStep` returns is awaited. Rejects with errors of a step, and the reason of `signal`.
 */
export async function inTurns(
  steps: Iterable<number>,
  { signal, progress }: WorkOptions = {},
  afterStep: () => Promise<void> | undefined = () => undefined,
): Promise<number> {
  signal?.throwIfAborted();
  let began = performance.now();
  let done = 0;
  for (const records of steps) {
    done += records;
    const pause = afterStep();
    if (pause) await pause;
    if (performance.now() - began < TURN_MS) continue;
    progress?.(done);
    await nextTurn();
    signal?.throwIfAborted();
    began = performance.now();
  }
  return done;
}

/**
 * Called now and then, and awaited, by asynchronous work that never waits otherwise: a turn of the
 * event loop, when one is due. Rejects with the reason of `signal`.
 */
export function turnsOf({ signal }: WorkOptions): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < TURN_MS) return;
    await nextTurn();
    signal?.throwIfAborted();
    began = performance.now();
  };
}

/** Lets other work run. */
export async function nextTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
