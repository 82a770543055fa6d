/** Connects a component's run to the process's streams. */
import type { GuestRequest, WatchingGuestRequest } from '../context.js';
import { KvError } from '../errors.js';
import { runComponent, watchComponent } from '../host/index.js';
import { processLimits } from '../store/process-limits.js';
import { nextTurn } from '../terminal/event-loop.js';
import { standardEnds } from '../terminal/standard-ends.js';
import { beforeStops } from '../terminal/suspension.js';
import { endingAtSignals } from './signals.js';

/** KiB of stack that V8 may use, and a margin for native code. */
const STACK_KIB = 1536;

/** See `Host.run`. Throws `full` where a guest's calls in calls would end the process. */
export async function runGuest(request: GuestRequest): Promise<number> {
  checkStack(request.path);
  const ends = await standardEnds();
  try {
    const status = runComponent({ ...request, ends });
    if (status !== 0 && ends.isBroken) throw brokenPipe();
    // Few guests look whether what they print arrives; one that fails by it says so itself.
    if (status === 0 && ends.outputFailure) throw lostOutput(ends.outputFailure, 'it ended with 0');
    return status;
  } catch (thrown) {
    if (!(thrown instanceof KvError) || thrown.code !== 'trapped') throw thrown;
    if (ends.outputFailure) throw lostOutput(ends.outputFailure, 'it ended with a trap');
    throw ends.isBroken ? brokenPipe() : thrown;
  }
}

/** See `Host.watch`. It also ends when the guest's output is lost: its reader has gone, or it cannot be written. */
export async function watchGuest(request: WatchingGuestRequest): Promise<number> {
  checkStack(request.path);
  const ends = await standardEnds();
  const blocking = (work: () => void) => {
    endingAtSignals(work);
    if (ends.isBroken) throw brokenPipe();
    if (ends.outputFailure) throw ends.outputFailure;
  };
  let stopped = () => {};
  const begun = async (letGo: () => void) => {
    stopped = beforeStops(async () => letGo());
    await request.begun();
  };
  try {
    return await watchComponent({ ...request, ends, blocking, nextTurn, begun });
  } finally {
    stopped();
  }
}

function lostOutput({ code, message }: KvError, end: string): KvError {
  return new KvError(code, `${message}; the component ran, and ${end}`);
}

function brokenPipe(): KvError {
  return new KvError('broken-pipe', 'cannot write to stdout: the reader went away');
}

function checkStack(path: string): void {
  if (processLimits().stack >= STACK_KIB * 1024) return;
  throw new KvError('full', `cannot run "${path}": the limit on the stack is too low for it`, {
    hint: `try: ulimit -s ${STACK_KIB}`,
  });
}
