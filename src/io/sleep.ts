/** Waiting without turning the event loop, as the synchronous interfaces ask. */

/** The longest that is waited at once: 2^31-1 ms, a limit of timers. */
const LIMIT_MILLISECONDS = 2 ** 31 - 1;

/** Blocks the thread for that long, also for a fraction of a millisecond. */
export function sleep(milliseconds: number): void {
  if (!(milliseconds > 0)) return;
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(nobody, 0, 0, Math.min(milliseconds, LIMIT_MILLISECONDS));
}
