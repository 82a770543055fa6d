/** Making folders; ends for every path, also where links go round. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { KvError } from '../../errors.js';

/**
 * Makes a folder, and those above it, for their owner alone. Does nothing where there is one.
 * Throws what the system says of the first that cannot be made, and `io` for a dead symbolic link.
 *
 * Node's own recursive way never ends below /proc, which refuses every new name with ENOENT. So each
 * folder is tried at most twice: once, and once more when the one above it has been made.
 */
export function makeFolder(path: string): void {
  if (wasMade(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  make(path);
}

/** False where the folder above it is missing. */
function wasMade(path: string): boolean {
  try {
    make(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function make(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (statSync(path, { throwIfNoEntry: false })) return;
    const state = 'it is a symbolic link that leads nowhere';
    // Without what the system said, which is less.
    throw new KvError('io', `cannot make folder "${path}": ${state}`);
  }
}
