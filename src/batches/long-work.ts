/** Work that lasts: how a signal stops it. */
import type { Answering, Context, WorkOptions } from '../context.js';
import { nextTurn, turnWhenDue } from '../terminal/event-loop.js';
import { stoppable } from '../terminal/stoppable-output.js';

/** How work is followed and stopped. */
export interface LongWorkOptions extends WorkOptions {
  readonly signal: AbortSignal;
  /** To be called now and then, and awaited, by work that goes on by itself. Rejects with the signal's reason. */
  pause(): Promise<void>;
}

/**
 * Work with a progress bar. A signal stops it, and undoes all of it; what prints meanwhile does so
 * through the context that it is given, so that no reader of its output keeps a signal waiting.
 * `total` is how much there is to go through, where that is known; `unlessDone` tells a person what a signal
 * has left. Throws what `work` throws, and `interrupted`.
 */
export async function longWork<T>(
  context: Context,
  total: number | undefined,
  work: (options: LongWorkOptions, own: Answering) => Promise<T>,
  { unit = 'keys', unlessDone }: { unit?: 'keys' | 'bytes'; unlessDone?: string } = {},
): Promise<T> {
  const { interruptible, settings, terminal } = context;
  return interruptible(async (signal) => {
    const bar = await terminal.progress(total, unit);
    const stdout = stoppable(terminal.stdout, signal);
    try {
      const own = { settings, terminal: { ...terminal, stdout } };
      const hearSignals = turnWhenDue();
      const pause = async () => {
        await hearSignals();
        signal.throwIfAborted();
      };
      return await work({ signal, pause, progress: (done) => bar.update(done) }, own);
    } catch (thrown) {
      bar.stop();
      if (signal.aborted && unlessDone !== undefined) await terminal.note(unlessDone);
      throw thrown;
    } finally {
      bar.stop();
    }
  });
}

/**
 * What work that only reads calls now and then, and awaits: a turn of the event loop where one is due.
 * It rejects with `interrupted` after a signal. Between these turns a signal ends the process at once,
 * unless the work is a part of something that can be undone.
 */
export function signalsWhenDue({ interruptible }: Context): () => Promise<void> | undefined {
  return turnWhenDue(() =>
    interruptible(async (signal) => {
      await nextTurn();
      signal.throwIfAborted();
    }),
  );
}
