/** Writes files durably. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

/** Makes the bytes of a file, or the names in a folder, survive a power cut. */
export function flush(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes all of the bytes, from `position` on. One system call may write fewer. */
export function writeWhole(descriptor: number, bytes: Buffer, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    const left = bytes.length - written;
    written += writeSync(descriptor, bytes, written, left, position + written);
  }
}
