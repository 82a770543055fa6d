/** Which descriptors this process was started with: this file is loaded before kv opens any. */
import { fstatSync, readdirSync } from 'node:fs';

/** The one after stderr. */
export const FIRST_OTHER = 3;

/** Those after stderr that are open now, each with what tells its file from others; none where the system lists none. */
export function otherDescriptors(): ReadonlyMap<number, string> {
  const open = new Map<number, string>();
  for (const at of listed()) {
    if (at < FIRST_OTHER) continue;
    try {
      const { dev, ino } = fstatSync(at);
      open.set(at, `${dev}:${ino}`);
    } catch {
      // The one that listed the others is closed by now.
    }
  }
  return open;
}

function listed(): number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number);
  } catch {
    return [];
  }
}

/** Those that were open then: Node's own, and what the process inherited. */
export const atStart = otherDescriptors();
