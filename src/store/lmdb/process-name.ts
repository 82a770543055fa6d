/** What the processes are called that use a store, as far as that can be known from here. */
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
    const id = Number(/^Tgid:\s+(\d+)$/m.exec(status)![1]!);
    const name = nameOfUser(id, store);
    return name === undefined ? UNKNOWN : processText(id, name);
  } catch {
    return UNKNOWN;
  }
}

const UNKNOWN = 'another process';

/** `process 123 (kv import)`, or without a name where that is not known. */
export function processText(id: number, name: string | undefined): string {
  return name === undefined ? `process ${id}` : `process ${id} (${name})`;
}

/**
 * `kv import`, of a process that has the store's lock file open; undefined where there is no such
 * process to be seen, or it has not.
 */
export function nameOfUser(id: number, store: string): string | undefined {
  try {
    if (!hasOpen(id, join(store, LOCK_FILE))) return undefined;
    const [program = '', ...words] = readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
    return programName(program, words);
  } catch {
    return undefined;
  }
}

function hasOpen(id: number, path: string): boolean {
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
