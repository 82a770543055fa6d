import { turnWhenDue } from './event-loop.js';
import { outputThrough } from './output-through.js';
import { isQuiet, unlessAborted } from './pump.js';
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

/**
 * The same output for what is said about work that a signal stops, also after it: then nobody is
 * waited for who does not read.
 */
export function unlessUnread(target: Output, signal: AbortSignal): Output {
  let isUnread = false;
  return outputThrough(target, async (data) => {
    if (isUnread) return;
    const written = target.write(data);
    try {
      await unlessAborted(written, signal);
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
      isUnread = await isQuiet(written);
      if (!isUnread) await written;
    }
  });
}
