/** Opens the folder of an import or export, with errors that name the action. */
import { mkdirSync } from 'node:fs';
import { ioError, KvError } from '../../errors.js';
import { HeldFolder } from './held-folder.js';

/** The folder at a path. Throws `io`, also for a file. */
export function openFolder(path: string, action: string): HeldFolder {
  try {
    return HeldFolder.open(path);
  } catch (cause) {
    if (codeOf(cause) !== 'ENOTDIR') throw ioError(action, cause);
    throw new KvError('io', `cannot ${action}: it is no folder`, { cause });
  }
}

/** The same; undefined if nothing exists there. */
export function findFolder(path: string, action: string): HeldFolder | undefined {
  try {
    return openFolder(path, action);
  } catch (error) {
    if (codeOf((error as Error).cause) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes the folder if nothing exists there; anything that exists is left. Throws `io`. */
export function makeFolder(path: string, action: string): void {
  try {
    mkdirSync(path);
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') throw ioError(action, cause);
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
