/** Work on many keys as a person sees it: with a bar, and stopped by a signal, of which then nothing stands. */
import type { Context, WorkOptions } from '../context.js';

/** `keys` is how many there are to go through, where that is known. Throws what `work` throws, and `interrupted`. */
export async function longWork<T>(
  { interruptible, terminal }: Context,
  keys: number | undefined,
  work: (options: WorkOptions) => Promise<T>,
): Promise<T> {
  return interruptible(async (signal) => {
    const bar = await terminal.progress(keys, 'keys');
    try {
      return await work({ signal, progress: (done) => bar.update(done) });
    } finally {
      bar.stop();
    }
  });
}
