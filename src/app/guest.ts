/** Wiring of a component's run to the process's streams. */
import type { GuestRequest } from '../context.js';
import { KvError } from '../errors.js';
import { runComponent } from '../host/index.js';
import { standardEnds } from '../terminal/standard-ends.js';

/** See `Host.run`. */
export async function runGuest(request: GuestRequest): Promise<number> {
  const ends = await standardEnds();
  const brokenPipe = new KvError('broken-pipe', 'cannot write to stdout: the reader went away');
  try {
    const status = runComponent({ ...request, ends });
    if (status !== 0 && ends.isBroken) throw brokenPipe;
    return status;
  } catch (thrown) {
    const isTrap = thrown instanceof KvError && thrown.code === 'trapped';
    throw isTrap && ends.isBroken ? brokenPipe : thrown;
  }
}
