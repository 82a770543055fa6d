/** A disk that fails, or is watched, for the processes of a test: what is in programs/, built by the system's compiler. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../support/temporary-folder.js';

/** What a call of the log was: see programs/disk.c. */
export const CallKind = { write: 0, writeSynced: 1, sync: 2, truncate: 3 } as const;

/** Bytes before what a call of the log wrote. */
const HEAD_BYTES = 32;

/** A call that the library has logged. */
export interface Call {
  /** Of `CallKind`. */
  readonly what: number;
  readonly position: number;
  readonly bytes: Buffer;
  /** Where its record ends in the log. */
  readonly end: number;
}

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

/** Builds the library for disks that fail, in this folder, or in one that goes with the test; returns its path. */
export function buildDiskShim(folder = temporaryFolder()): string {
  return buildShim('disk', folder);
}

/** The same of another program. */
export function buildShim(name: string, folder = temporaryFolder()): string {
  const source = fileURLToPath(new URL(`programs/${name}.c`, import.meta.url));
  const library = join(folder, `${name}.so`);
  execFileSync('cc', ['-O1', '-shared', '-fPIC', '-o', library, source, '-ldl']);
  return library;
}

/** The calls of a log that processes with the library have left. */
export function readLog(log: string): Call[] {
  const bytes = readFileSync(log);
  const calls: Call[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [what, position, length] = [0, 8, 16].map((offset) =>
      Number(bytes.readBigUInt64LE(at + offset)),
    );
    const end = at + HEAD_BYTES + length!;
    calls.push({
      what: what!,
      position: position!,
      bytes: bytes.subarray(at + HEAD_BYTES, end),
      end,
    });
    at = end;
  }
  return calls;
}
