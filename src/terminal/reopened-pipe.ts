/**
 * Opens an inherited pipe anew: non-blocking mode is shared with other processes (`{ kv get k & cat
 * file; } | less`), whose writes would fail.
 */
import { constants, openSync } from 'node:fs';

/**
 * A separate non-blocking descriptor for writing to a pipe. Undefined for a socket, for a pipe
 * without a reader, or of another user, and if there is no /proc.
 */
export function reopenedPipe(descriptor: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}
