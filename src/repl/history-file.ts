/** The history on disk: a line a line, with escapes for what would break one. */
import {
  chmodSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { makeFolder } from '../disk/make-folder.js';
import { escapeKey, unescapeKey } from '../terminal/visible.js';
import type { HistoryFile } from './history.js';

/** Lines that are kept. */
const LINE_LIMIT = 5000;

/** Characters of a file that is still read: more is no history of this program. */
const SIZE_LIMIT_BYTES = 32 * 1024 * 1024;

/**
 * The file at `$XDG_STATE_HOME/kv/history`, else `~/.local/state/kv/history`, for its owner alone.
 * Several sessions may add to it. What cannot be written is not kept.
 */
export function openHistoryFile(env: NodeJS.ProcessEnv): HistoryFile {
  const path = pathOf(env);
  if (path === undefined) return { read: () => [], add: () => {} };
  return {
    read: () => quietly(() => readLines(path)) ?? [],
    add: (line) => void quietly(() => addLine(path, line)),
  };
}

function pathOf({ XDG_STATE_HOME = '', HOME }: NodeJS.ProcessEnv): string | undefined {
  // The XDG specification has a relative path ignored.
  if (isAbsolute(XDG_STATE_HOME)) return join(XDG_STATE_HOME, 'kv', 'history');
  return HOME ? join(HOME, '.local', 'state', 'kv', 'history') : undefined;
}

function readLines(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size > SIZE_LIMIT_BYTES) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean).map(unescapeKey);
  return newestOfEach(lines);
}

function addLine(path: string, line: string): void {
  makeFolder(dirname(path));
  const existing = statSync(path, { throwIfNoEntry: false });
  // A device in its place, as /dev/null, is somebody's way to have none.
  if (existing && !existing.isFile()) return;
  const target = existing ? realpathSync(path) : path;
  const lines = newestOfEach([...readLines(path), line]).slice(-LINE_LIMIT);
  const temporary = `${target}.${process.pid}.part`;
  try {
    writeFileSync(temporary, lines.map((one) => `${escapeKey(one)}\n`).join(''), { mode: 0o600 });
    chmodSync(temporary, 0o600);
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Each line once, where it stands last. */
function newestOfEach(lines: readonly string[]): string[] {
  return [...new Set(lines.toReversed())].reverse();
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
