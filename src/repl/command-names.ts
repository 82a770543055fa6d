/** Completes the names of commands in PATH. */
import { readdirSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Candidate } from '../line/completion.js';

/** In order, without repetitions. A folder of PATH that cannot be read counts as empty. */
export function commandNames(start: string, { PATH = '' }: NodeJS.ProcessEnv): Candidate[] {
  const names = PATH.split(delimiter)
    .filter(isAbsolute)
    .flatMap((folder) => namesIn(folder).filter((name) => isCommand(folder, name, start)));
  return [...new Set(names)].sort().map((text) => ({ text, goesOn: false }));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isCommand(folder: string, name: string, start: string): boolean {
  if (!name.startsWith(start)) return false;
  const stats = statSync(join(folder, name), { throwIfNoEntry: false });
  return stats?.isFile() === true && (stats.mode & 0o111) !== 0;
}
