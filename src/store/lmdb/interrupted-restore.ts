/**
 * A restore that replaces a store renames twice: the old store aside, the restored one to its place.
 * If it is killed between the two, whoever opens the store next does the second.
 */
import { readdirSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** The prefix of a restored store's name; the store's own name and the old one's inode follow. */
const RESTORED_PREFIX = '.restored-';

/** Beside the store at `place`, for a restored one that only has to be renamed. */
export function restoredName(place: string): string {
  return join(dirname(place), `${restoredPrefix(place)}${statSync(place).ino}`);
}

export function restoredPrefix(place: string): string {
  return `${RESTORED_PREFIX}${basename(place)}-`;
}

/** Beside the store at `place`, for the store that was there: the first free of a series. */
export function replacedName(place: string): string {
  const isThere = new Set(readdirSync(dirname(place)));
  for (let number = 1; ; number++) {
    const name = `${basename(place)}.replaced${number === 1 ? '' : `-${number}`}`;
    if (!isThere.has(name)) return join(dirname(place), name);
  }
}

/**
 * Puts a restored store at the path, where there is none, if a restore was killed after it had moved
 * the old one aside. Returns whether it did, or somebody else has. Throws the file system's error.
 */
export function finishRestore(path: string): boolean {
  const place = resolve(path);
  const folder = dirname(place);
  const names = namesIn(folder);
  const restored = names.filter((name) => name.startsWith(restoredPrefix(place)));
  if (restored.length === 0) return false;
  const aside = names.filter((name) => name.startsWith(`${basename(place)}.replaced`));
  const inodes = aside.map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.ino);
  const ready = restored.find((name) =>
    inodes.some((inode) => name === `${restoredPrefix(place)}${inode}`),
  );
  if (ready === undefined) return false;
  try {
    renameSync(join(folder, ready), place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return true;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // There is no such folder, or it cannot be read: the store's own error says so.
    return [];
  }
}
