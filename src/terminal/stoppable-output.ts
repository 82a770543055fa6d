import { turnWhenDue } from './event-loop.js';
import { outputThrough } from './output-through.js';
import { isQuiet, unlessAborted } from './pump.js';
import type { Output } from './terminal.js';

/**
 * The same output for work that a signal may stop: writes let signals be heard, even while they
 * wait for the reader, and reject with the signal's reason after a signal.
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
 * The same output for remarks about work that a signal stops, even after the signal: then a slow
 * reader is not waited for.
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
