/** What the process is called that holds a store's lock on writing, as far as that can be known. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LOCK_FILE } from './layout.js';

/**
 * `process 123 (kv import)`, by the number of its thread; `another process` where that has no such
 * thread here which has the lock file open: the number may be of another container.
 */
export function nameOfWriter(thread: number, store: string): string {
  try {
    const status = readFileSync(`/proc/${thread}/status`, 'latin1');
    const id = /^Tgid:\s+(\d+)$/m.exec(status)![1]!;
    if (!hasOpen(id, join(store, LOCK_FILE))) return UNKNOWN;
    const [program = '', ...words] = readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
    return `process ${id} (${programName(program, words)})`;
  } catch {
    return UNKNOWN;
  }
}

const UNKNOWN = 'another process';

function hasOpen(id: string, path: string): boolean {
  const { dev, ino } = statSync(path);
  return readdirSync(`/proc/${id}/fd`).some((descriptor) => {
    const stats = statSync(`/proc/${id}/fd/${descriptor}`, { throwIfNoEntry: false });
    return stats?.dev === dev && stats.ino === ino;
  });
}

/** A script by its name, and a verb; none of the other arguments, which may be values. */
function programName(program: string, words: readonly string[]): string {
  if (basename(program) !== 'node') return basename(program);
  const [script, verb] = words.filter((word) => !word.startsWith('-'));
  if (script === undefined) return 'node';
  const name = basename(script).replace(/\.[cm]?js$/, '');
  return name === 'kv' && words[words.indexOf(script) + 1] === verb && /^[a-z-]+$/.test(verb ?? '')
    ? `kv ${verb}`
    : name;
}
