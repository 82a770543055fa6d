/** Keeps a store and the folders of imports and exports apart. */
import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { KvError } from '../../errors.js';

/** Throws `usage` if one of the folders is, or is inside, the other. */
export function keepApart(folder: string, store: string, action: string): void {
  const [one, two] = [realPath(folder), realPath(store)];
  if (one === undefined || two === undefined || !(isWithin(one, two) || isWithin(two, one))) return;
  const state = isWithin(two, one)
    ? `the store "${store}" is in it`
    : `it is in the store "${store}"`;
  throw new KvError('usage', `cannot ${action}: ${state}`);
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`));
}

/** Undefined for a path that does not exist, or a store that is not at a path. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
