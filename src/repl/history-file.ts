/** The history on disk: one entry a line, with newlines escaped. */
import {
  closeSync,
  fchmodSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { escapeKey, unescapeKey } from '../terminal/visible.js';
import type { HistoryFile } from './history.js';

const NEWLINE = 0x0a;

/** How long compacting may take, in milliseconds; after that, its session must have been killed. */
const ABANDONED_MILLISECONDS = 60_000;

/** Lines that are kept. */
const LINE_LIMIT = 5000;

/** The largest file that is read, in bytes: a larger one is not a history of kv. */
const SIZE_LIMIT_BYTES = 32 * 1024 * 1024;

/**
 * Where the history is kept; without a path it is not, and `reason` says why if a person should
 * know.
 */
export interface HistoryPlace {
  readonly path: string | undefined;
  readonly reason?: string;
}

/**
 * The history file at a path in an existing folder, readable by its owner alone. Several sessions
 * may add to it, and no line is lost. A line that cannot be written is dropped.
 */
export function openHistoryFile({ path }: HistoryPlace): HistoryFile {
  if (path === undefined) return { read: () => [], add: () => {} };
  let isFirst = true;
  return {
    read: () => quietly(() => readLines(path)) ?? [],
    add(line) {
      quietly(() => addLine(path, line, isFirst));
      isFirst = false;
    },
  };
}

function readLines(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size > SIZE_LIMIT_BYTES) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean).map(unescapeKey);
  return newestOfEach(lines).slice(-LINE_LIMIT);
}

function addLine(path: string, line: string, isFirst: boolean): void {
  const existing = statSync(path, { throwIfNoEntry: false });
  // A device in its place, such as /dev/null, means that no history is wanted.
  if (existing && !existing.isFile()) return;
  const target = existing ? realpathSync(path) : path;
  append(target, `${escapeKey(line)}\n`);
  if (isFirst) compact(target);
}

/**
 * Appends text in one write, which other processes cannot split. Compacting replaces the file: if
 * that has happened in the meantime, the text is appended to the new file too.
 */
function append(path: string, text: string): void {
  for (;;) {
    const file = openSync(path, 'a+', 0o600);
    try {
      fchmodSync(file, 0o600);
      writeSync(file, endsLine(file) ? text : `\n${text}`);
      if (fstatSync(file).ino === statSync(path, { throwIfNoEntry: false })?.ino) return;
    } finally {
      closeSync(file);
    }
  }
}

/** Whether the last line is complete: its writer may have been killed. */
function endsLine(file: number): boolean {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  return size === 0 || readSync(file, last, 0, 1, size - 1) === 0 || last[0] === NEWLINE;
}

/** Replaces a file that has grown to twice the limit by one with the lines to keep. */
function compact(path: string): void {
  if (!isLong(path)) return;
  const temporary = `${path}.part`;
  dropAbandoned(temporary);
  // Only one session compacts at a time: for the others, this fails.
  const fresh = openSync(temporary, 'wx', 0o600);
  let old: number | undefined;
  try {
    old = openSync(path, 'r');
    const known = readFrom(old, 0);
    const lines = newestOfEach(known.toString().split('\n').filter(Boolean)).slice(-LINE_LIMIT);
    writeFileSync(fresh, lines.map((one) => `${one}\n`).join(''));
    renameSync(temporary, path);
    // What others have added to the old file meanwhile.
    const late = readFrom(old, known.length);
    if (late.length > 0) append(path, late.toString());
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cause;
  } finally {
    closeSync(fresh);
    if (old !== undefined) closeSync(old);
  }
}

function isLong(path: string): boolean {
  if (statSync(path).size > SIZE_LIMIT_BYTES) return false;
  const bytes = readFileSync(path);
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines >= 2 * LINE_LIMIT;
}

/** Removes the temporary file of a session that was killed while it compacted. */
function dropAbandoned(temporary: string): void {
  const stats = statSync(temporary, { throwIfNoEntry: false });
  if (stats && Date.now() - stats.mtimeMs > ABANDONED_MILLISECONDS) rmSync(temporary);
}

/** The bytes of a file from a position to its end. */
function readFrom(file: number, start: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - start));
  return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, start));
}

/** Each line once, in the place of its last occurrence. */
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
