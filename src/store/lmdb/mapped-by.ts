/** Finds processes that have mapped a file, as LMDB maps the files of its stores. */
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * The id of a process, other than `own`, that has mapped a file; undefined if none can be seen.
 * Those of other users and containers cannot, nor any without /proc.
 */
export function processThatMaps(file: string, own?: number): number | undefined {
  const path = attempt(() => realpathSync(file));
  if (path === undefined) return undefined;
  const inode = String(statSync(path, { bigint: true }).ino);
  const name = basename(path);
  for (const id of attempt(() => readdirSync('/proc')) ?? []) {
    if (!/^\d+$/.test(id) || Number(id) === own) continue;
    const maps = attempt(() => readFileSync(`/proc/${id}/maps`, 'latin1'));
    if (maps === undefined || !maps.includes(name)) continue;
    if (maps.split('\n').some((line) => isOf(line, inode, path))) return Number(id);
  }
  return undefined;
}

/** By its inode, or by its path: overlay file systems show another inode there. */
function isOf(line: string, inode: string, path: string): boolean {
  const [, mappedInode, mappedPath] = /^\S+ \S+ \S+ \S+ (\d+) +(.*)$/.exec(line) ?? [];
  if (mappedPath === undefined) return false;
  const isSameName = basename(mappedPath.replace(/ \(deleted\)$/, '')) === basename(path);
  return (isSameName && mappedInode === inode) || mappedPath === path;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
