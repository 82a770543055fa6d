/** What a verb writes to while a person waits: it stops at Ctrl-C, and lets Ctrl-C be heard. */
import { outputThrough } from '../terminal/output-through.js';
import { unlessAborted } from '../terminal/pump.js';
import type { Output } from '../terminal/terminal.js';

/** How long a verb may write without giving signals their turn, in milliseconds. */
const TURN_MILLISECONDS = 20;

/** The same output, whose writes reject with the signal's reason once there is one. */
export function stoppable(target: Output, signal: AbortSignal): Output {
  let last = performance.now();
  return outputThrough(target, async (data) => {
    signal.throwIfAborted();
    await unlessAborted(target.write(data), signal);
    const now = performance.now();
    if (now - last < TURN_MILLISECONDS) return;
    await new Promise((resolve) => setImmediate(resolve));
    last = performance.now();
    signal.throwIfAborted();
  });
}
