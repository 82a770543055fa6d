/** A disk that fails, or is watched, for the processes of a test: what is in programs/, built by the system's compiler. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/temporary-folder.js';

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

/** Builds the library for disks that fail, in a folder that goes with the test or the suite; returns its path. */
export function buildDiskShim(): string {
  return buildShim('disk');
}

/** The same of another program. */
export function buildShim(name: string): string {
  const source = fileURLToPath(new URL(`programs/${name}.c`, import.meta.url));
  const library = join(temporaryFolder(), `${name}.so`);
  execFileSync('cc', ['-O1', '-shared', '-fPIC', '-o', library, source, '-ldl']);
  return library;
}
