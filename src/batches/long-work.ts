/** Long work: how it is followed, and how a signal stops it. */
import type { Answering, Context, WorkOptions } from '../context.js';
import { nextTurn, turnWhenDue } from '../terminal/event-loop.js';
import { ownRow } from '../terminal/own-row.js';
import { stoppable } from '../terminal/stoppable-output.js';

/** How work is followed and stopped. */
export interface LongWorkOptions extends WorkOptions {
  readonly signal: AbortSignal;
  /**
   * Called now and then, and awaited, by work without pauses of its own. Rejects with the signal's
   * reason.
   */
  pause(): Promise<void>;
}

/**
 * Does work with a progress bar. A signal stops it and undoes all of it. Work that prints has to
 * print through the context it is given, so that no reader of its output delays a signal. `total`
 * is the amount of work, where it is known; `unlessDone` tells a person what a signal has left.
 * Throws what `work` throws, and `interrupted`.
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
      if (signal.aborted && unlessDone !== undefined) {
        await terminal.stderr.write(ownRow(terminal.stderr));
        await terminal.note(unlessDone);
      }
      throw thrown;
    } finally {
      bar.stop();
    }
  });
}

/**
 * Called now and then, and awaited, by work that only reads: a turn of the event loop, when one is
 * due. Rejects with `interrupted` after a signal. Between these turns a signal ends the process at
 * once, unless the work is part of something that can be undone.
 */
export function signalsWhenDue({ interruptible }: Context): () => Promise<void> | undefined {
  return turnWhenDue(() =>
    interruptible(async (signal) => {
      await nextTurn();
      signal.throwIfAborted();
    }),
  );
}
