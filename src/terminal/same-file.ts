import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Whether two paths lead to the same regular file, or would if it existed. */
export function isSameFile(path: string, other: string): boolean {
  try {
    const [one, two] = [path, other].map((each) => statSync(each, { throwIfNoEntry: false }));
    if (one && two) return one.isFile() && one.dev === two.dev && one.ino === two.ino;
    return !one && !two && placeOf(path) === placeOf(other);
  } catch {
    // A file that cannot be read is missing, or fails when it is opened.
    return false;
  }
}

/** Where a file would be made. */
function placeOf(path: string): string {
  return join(realpathSync(dirname(path)), basename(path));
}
