/** Finds the open descriptor of this process that a path refers to. */
import { fstatSync, readdirSync, type Stats, writeSync } from 'node:fs';

/**
 * The descriptor that a path names (`/dev/stderr`, `/dev/fd/3`, `/proc/self/fd/3`), or one that is
 * open for writing to the regular file `existing` at the path. Undefined if there is none.
 */
export function openDescriptor(path: string, existing: Stats | undefined): number | undefined {
  return namedDescriptor(path) ?? (existing?.isFile() ? descriptorTo(existing) : undefined);
}

/** The descriptor that a path names, open or not. */
export function namedDescriptor(path: string): number | undefined {
  const name = standardNames.indexOf(path);
  if (name !== -1) return name;
  const [, process_, number] = /^\/(?:dev|proc\/(self|\d+))\/fd\/(\d{1,9})$/.exec(path) ?? [];
  const isOwn = process_ === undefined || process_ === 'self' || Number(process_) === process.pid;
  return number === undefined || !isOwn ? undefined : Number(number);
}

const standardNames = ['/dev/stdin', '/dev/stdout', '/dev/stderr'];

function descriptorTo(file: Stats): number | undefined {
  return openDescriptors().find(
    (descriptor) => leadsTo(descriptor, file) && isWritable(descriptor),
  );
}

function openDescriptors(): number[] {
  try {
    return readdirSync('/dev/fd').map(Number);
  } catch {
    // If the system does not list them, the three that a shell redirects are tried.
    return [0, 1, 2];
  }
}

function leadsTo(descriptor: number, file: Stats): boolean {
  try {
    const { dev, ino } = fstatSync(descriptor);
    return dev === file.dev && ino === file.ino;
  } catch {
    // The one used for the list has been closed.
    return false;
  }
}

function isWritable(descriptor: number): boolean {
  try {
    writeSync(descriptor, new Uint8Array(0));
    return true;
  } catch {
    return false;
  }
}
