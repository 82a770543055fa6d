/** What a verb writes to while a person waits: it stops at Ctrl-C, and lets Ctrl-C be heard. */
import { turnWhenDue } from '../terminal/event-loop.js';
import { outputThrough } from '../terminal/output-through.js';
import { unlessAborted } from '../terminal/pump.js';
import type { Output } from '../terminal/terminal.js';

/** The same output, whose writes reject with the signal's reason once there is one. */
export function stoppable(target: Output, signal: AbortSignal): Output {
  const hearSignals = turnWhenDue();
  return outputThrough(target, async (data) => {
    signal.throwIfAborted();
    await unlessAborted(target.write(data), signal);
    await hearSignals();
    signal.throwIfAborted();
  });
}
