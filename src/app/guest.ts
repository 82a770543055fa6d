/** Wiring of a component's run to the process's streams. */
import type { GuestRequest } from '../context.js';
import { KvError } from '../errors.js';
import { runComponent } from '../host/index.js';
import { processLimits } from '../store/process-limits.js';
import { standardEnds } from '../terminal/standard-ends.js';

/** KiB of stack that V8 counts on, and what its own code and the system's need beside. */
const STACK_KIB = 1536;

/** See `Host.run`. Throws `full` where a guest's calls in calls would end the process. */
export async function runGuest(request: GuestRequest): Promise<number> {
  checkStack(request.path);
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

function checkStack(path: string): void {
  if (processLimits().stack >= STACK_KIB * 1024) return;
  throw new KvError('full', `cannot run "${path}": the limit on the stack is too low for it`, {
    hint: `try: ulimit -s ${STACK_KIB}`,
  });
}
