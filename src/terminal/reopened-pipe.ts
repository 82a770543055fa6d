/**
 * A pipe that this process was given, opened anew: not to wait is a mode of what is shared with others
 * (`{ kv get k & cat file; } | less`), whose writes would fail for it.
 */
import { constants, openSync } from 'node:fs';

/**
 * A descriptor of its own to write to a pipe, which never waits. Undefined for a socket, for a pipe that
 * nobody reads, or that is another user's, and where there is no /proc.
 */
export function reopenedPipe(descriptor: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}
