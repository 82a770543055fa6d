/** A disk that fails, or is watched, for the processes of a test: programs/disk.c, built by the system's compiler. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/temporary-folder.js';

const source = fileURLToPath(new URL('programs/disk.c', import.meta.url));

/** Whether this system has a compiler, and preloads libraries. */
export function canPreload(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Builds the library, in a folder that goes with the test or the suite; returns its path. */
export function buildDiskShim(): string {
  const library = join(temporaryFolder(), 'disk.so');
  execFileSync('cc', ['-O1', '-shared', '-fPIC', '-o', library, source, '-ldl']);
  return library;
}
