import { statSync } from 'node:fs';

/** Whether two paths lead to one regular file that is there. */
export function isSameFile(path: string, other: string): boolean {
  try {
    const [one, two] = [statSync(path), statSync(other)];
    return one.isFile() && one.dev === two.dev && one.ino === two.ino;
  } catch {
    // One that cannot be looked at is not there, or is for whoever opens it to complain of.
    return false;
  }
}
