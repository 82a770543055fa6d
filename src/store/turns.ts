/** Work that lasts, done in turns of the event loop, so that it can be followed and stopped. */
import type { WorkOptions } from './store.js';

/** How long a turn lasts, in ms: as long may a signal go unheard. */
const TURN_MS = 20;

/**
 * Goes through steps, each of which says how many records it was through with, and resolves to
 * their sum. What `afterStep` returns is awaited. Rejects with what a step throws, and the reason
 * of `signal`.
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
 * What asynchronous work that never waits for anything calls now and then, and awaits: a turn of the event loop
 * where one is due. It rejects with the reason of `signal`.
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

/** Lets other work go on. */
export async function nextTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
