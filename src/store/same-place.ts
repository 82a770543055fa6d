import { statSync } from 'node:fs';

/** Whether two paths lead to the same existing file or folder. */
export function isSamePlace(path: string, other: string): boolean {
  const [one, two] = [path, other].map((each) => statSync(each, { throwIfNoEntry: false }));
  return one !== undefined && two !== undefined && one.dev === two.dev && one.ino === two.ino;
}
