/** Warns of a folder that others may write to: they can replace a store that is made there. */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Bits of a file's mode: its group may write, everybody may write, nobody may remove another's
 * files.
 */
const GROUP_WRITES = 0o020;
const ALL_WRITE = 0o002;
const STICKY = 0o1000;

/**
 * The warning for a store that has just been made at a path; undefined if there is no reason, or it
 * is unknown.
 */
export function exposureOf(path: string): string | undefined {
  const folder = resolve(path);
  const above = dirname(folder);
  if (mayOthersWrite(folder, false)) return remark(path, 'its folder', folder);
  if (mayOthersWrite(above, true)) return remark(path, 'the folder above it', above);
  return undefined;
}

function mayOthersWrite(folder: string, isAbove: boolean): boolean {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined || (isAbove && (stats.mode & STICKY) !== 0)) return false;
  const isOwnGroup = stats.gid === process.getgid?.();
  return (stats.mode & ALL_WRITE) !== 0 || ((stats.mode & GROUP_WRITES) !== 0 && !isOwnGroup);
}

function remark(path: string, which: string, folder: string): string {
  return `others may replace store "${path}": they may write to ${which}; try: chmod go-w "${folder}"`;
}
