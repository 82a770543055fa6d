import { turnWhenDue } from './event-loop.js';
import { outputThrough } from './output-through.js';
import { unlessAborted } from './pump.js';
import type { Output } from './terminal.js';

/**
 * The same output for work that a signal may stop: signals are heard between its writes, also while
 * the reader is waited for, and they reject with the signal's reason once there is one.
 */
export function stoppable(target: Output, signal: AbortSignal): Output {
  const hearSignals = turnWhenDue();
  return outputThrough(target, async (data) => {
    signal.throwIfAborted();
    await unlessAborted(target.write(data), signal);
    await hearSignals();
    signal.throwIfAborted();
  });
}
