/** Waits without turning the event loop, as the synchronous interfaces require. */

/** The longest single wait: 2^31-1 ms, the limit of timers. */
const LIMIT_MILLISECONDS = 2 ** 31 - 1;

/** Blocks the thread for that time, fractions of a millisecond included. */
export function sleep(milliseconds: number): void {
  if (!(milliseconds > 0)) return;
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(nobody, 0, 0, Math.min(milliseconds, LIMIT_MILLISECONDS));
}
