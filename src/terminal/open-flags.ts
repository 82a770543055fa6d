/** The flags of open(2) by which a descriptor is open, as Linux shows them. */
import { readFileSync } from 'node:fs';

/** The part of the flags that says for what: 0 for reading, 1 for writing, 2 for both. */
export const ACCESS_MODE = 0o3;
export const READ_AND_WRITE = 2;

/** Of a process by its id, or of this one. Throws the system's error if it does not show them. */
export function openFlags(descriptor: number, process: number | 'self' = 'self'): number {
  const info = readFileSync(`/proc/${process}/fdinfo/${descriptor}`, 'latin1');
  return Number.parseInt(/^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? '0', 8);
}
