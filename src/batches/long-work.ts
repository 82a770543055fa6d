/** Work on many keys, with a progress bar. A signal stops it, and undoes all of it. */
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
