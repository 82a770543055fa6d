/**
 * The new content of a regular file: it is written beside the file under another name, so that a
 * reader finds either the old content or the new one, complete, whatever interrupts the writing.
 */
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsync,
  fsyncSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, isAbsolute } from 'node:path';
import { promisify } from 'node:util';
import { ioError } from '../errors.js';
import { fileSink } from './sinks.js';
import { plainStyle } from './style.js';
import type { FileOutput } from './terminal.js';

/**
 * Begins to replace, or make, the file at `path`, or the target of a link there. `existing` is the
 * present file: its mode and owner are kept. Throws the file system's error.
 */
export function openReplacement(
  path: string,
  existing: Stats | undefined,
  action: string,
): FileOutput {
  const target = targetOf(path);
  const temporary = temporaryBeside(target);
  // A new file gets its mode from the umask, as usual; a replacement is private until it has its
  // content and the old mode.
  const descriptor = openSync(temporary, 'wx', existing === undefined ? 0o666 : 0o600);
  const sink = fileSink(descriptor, action);
  let state: 'open' | 'closed' | 'done' = 'open';
  let writing: Promise<void> = Promise.resolve();

  return {
    isTerminal: false,
    columns: 80,
    style: plainStyle,
    write(data) {
      writing = sink(data);
      return writing;
    },
    async commit() {
      if (state !== 'open') return;
      try {
        if (existing !== undefined) makeAlike(descriptor, existing);
        await promisify(fsync)(descriptor);
        state = 'closed';
        closeSync(descriptor);
        renameSync(temporary, target);
        state = 'done';
      } catch (cause) {
        throw ioError(action, cause);
      }
      flushFolder(dirname(target));
    },
    async abandon() {
      // A write that nobody awaits any more: when it ends, the descriptor may belong to another
      // file.
      await writing.catch(() => {});
      if (state === 'open') closeSync(descriptor);
      if (state !== 'done') rmSync(temporary, { force: true });
      state = 'done';
    },
  };
}

/** Follows links by hand, because the file that the last one names need not exist. */
function targetOf(path: string): string {
  let target = path;
  for (let hops = 0; hops < MAX_LINKS; hops++) {
    const link = linkAt(target);
    if (link === undefined) return target;
    // Joined as text: `join` would resolve `..` by name, which is wrong behind a linked folder.
    target = isAbsolute(link) ? link : `${dirname(target)}/${link}`;
  }
  return target;
}

/** As many links as Linux follows in one path. */
const MAX_LINKS = 40;

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    // Not a link, or nothing at all: either is a name to write under.
    return undefined;
  }
}

function temporaryBeside(target: string): string {
  // A file name holds 255 bytes, and a character of the name takes up to three.
  const name = basename(target).slice(0, 60);
  const random = Math.random().toString(36).slice(2, 10);
  return `${dirname(target)}/.${name}.kv-${process.pid}-${random}.part`;
}

function makeAlike(descriptor: number, existing: Stats): void {
  try {
    fchownSync(descriptor, existing.uid, existing.gid);
  } catch {
    // Only root can change a file's owner; for others the new content belongs to them.
  }
  fchmodSync(descriptor, existing.mode & 0o7777);
}

/** Makes the rename itself durable. Without it, the content is safe under one name or the other. */
function flushFolder(folder: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
  } catch {
    // Not every file system can, and not every folder may be read.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
