/** Names the processes that use a store, as far as they can be seen. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LOCK_FILE } from './layout.js';

/**
 * `process 123 (kv import)`, for the process of a thread; `another process` if no thread with that
 * number here has the lock file open: it may belong to another container.
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

/** `process 123 (kv import)`, or without a name if that is unknown. */
export function processText(id: number, name: string | undefined): string {
  return name === undefined ? `process ${id}` : `process ${id} (${name})`;
}

/**
 * `kv import`, for a process that has the store's lock file open; undefined if no such process can
 * be seen.
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

/** A script's name, and its verb; no other arguments, which may be values. */
function programName(program: string, words: readonly string[]): string {
  if (basename(program) !== 'node') return basename(program);
  const [script, verb] = words.filter((word) => !word.startsWith('-'));
  if (script === undefined) return 'node';
  const name = basename(script).replace(/\.[cm]?js$/, '');
  return name === 'kv' && words[words.indexOf(script) + 1] === verb && /^[a-z-]+$/.test(verb ?? '')
    ? `kv ${verb}`
    : name;
}
