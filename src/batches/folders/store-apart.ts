/** Keeps a store and the folders that are imported and exported apart. */
import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { KvError } from '../../errors.js';

/** Throws `usage` where one of the folders is, or is in, the other. */
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

/** Undefined for what is not there, or is no path: a store may have another kind of name. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
