/** Makes folders; ends for every path, also one with circular links. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { KvError } from '../../errors.js';

/**
 * Makes a folder, and those above it, for their owner alone. Does nothing if it exists. Throws the
 * system's error for the first that cannot be made, and `io` for a dead symbolic link.
 *
 * Node's own recursive function never returns below /proc, which refuses every new name with
 * ENOENT. So each folder is tried at most twice: once, and again when the one above it has been
 * made.
 */
export function makeFolder(path: string): void {
  if (wasMade(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  make(path);
}

/** False if the folder above it is missing. */
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
    // Without the system's message, which says less.
    throw new KvError('io', `cannot make folder "${path}": ${state}`);
  }
}
