/**
 * Whether stdin, stdout or stderr was closed when the process began (`kv get k >&-`). Node opens
 * /dev/null in its place, for reading and writing, so that nothing fails.
 */
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { ACCESS_MODE, openFlags, READ_AND_WRITE } from './open-flags.js';

/**
 * False also if it cannot be known: a program that starts another without an output gives it the
 * same /dev/null, on purpose. A shell never does, since `> /dev/null` opens it only for writing. So
 * the parent process is examined: its name, and its own descriptor.
 */
export function wasClosed(descriptor: number): boolean {
  return placeOf(process.pid, descriptor) === 'null' && gotClosed(descriptor, process.ppid);
}

/** Whether the child of a process that has /dev/null there was started with it closed. */
function gotClosed(descriptor: number, parentId: number): boolean {
  const parent = nameOf(parentId);
  if (parent === undefined) return false;
  switch (placeOf(parentId, descriptor)) {
    case 'none':
      return true;
    case 'other':
      return shells.has(parent);
    case 'null': {
      // kv itself, whose commands get what it has got (`kv lock l -- kv get k >&-`).
      const parentOfIt = isKv(parentId) ? parentOf(parentId) : undefined;
      return parentOfIt !== undefined && gotClosed(descriptor, parentOfIt);
    }
    case 'unknown':
      return false;
  }
}

const shells = new Set('ash bash busybox dash fish ksh ksh93 mksh sh yash zsh'.split(' '));

/** What a process has open as a descriptor; `null` is /dev/null for reading and writing. */
function placeOf(id: number, descriptor: number): 'null' | 'other' | 'none' | 'unknown' {
  try {
    const path = readlinkSync(`/proc/${id}/fd/${descriptor}`);
    if (path !== '/dev/null') return 'other';
    return (openFlags(descriptor, id) & ACCESS_MODE) === READ_AND_WRITE ? 'null' : 'other';
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'none' : 'unknown';
  }
}

/** The name of a process; undefined if it has ended, or the system does not show it. */
function nameOf(id: number): string | undefined {
  try {
    return basename(readFileSync(`/proc/${id}/comm`, 'utf8').trim());
  } catch {
    return undefined;
  }
}

/** Whether a process runs the program of this one. */
function isKv(id: number): boolean {
  try {
    const [, program] = readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
    return program !== undefined && realpathSync(program) === realpathSync(process.argv[1]!);
  } catch {
    return false;
  }
}

function parentOf(id: number): number | undefined {
  const [, parent] = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8')) ?? [];
  return parent === undefined ? undefined : Number(parent);
}
