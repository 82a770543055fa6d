/** Room on the disk for a store's file, which LMDB does not check before it writes. */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { ioError } from '../../errors.js';

/** A disk with more bytes free than this will not be full soon. */
const PLENTY_BYTES = 64 * 1024 * 1024;

/** The bytes that are added behind the last page, when fewer than the second number are left. */
const ROOM_BYTES = 64 * 1024;
const ROOM_LEFT_BYTES = 4096;

/**
 * Between the name of a store's file and a process's id, for a file that is written to test for
 * room.
 */
const PROBE_INFIX = '.probe-';

/** False on a disk that is nearly full, or if that cannot be found out. */
export function hasPlenty(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(file);
    return bavail * bsize > PLENTY_BYTES;
  } catch {
    return false;
  }
}

/**
 * On a disk that is nearly full, gives the file some room behind its last page, which ends at
 * `end()`; for the holder of the write lock. Throws `full`, `io`.
 *
 * If a write finds no room at all, lmdb's error message overruns a buffer (3.5.6, in
 * mdb_page_flush), which may end the process; a write that is cut short is harmless.
 */
export function makeRoom(file: string, end: () => number): void {
  try {
    if (hasPlenty(file)) return;
    const descriptor = openSync(file, 'r+');
    try {
      const { size } = fstatSync(descriptor);
      if (size >= end() + ROOM_LEFT_BYTES) return;
      writeFully(descriptor, end() + ROOM_BYTES - size, size);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw ioError(`write to store file "${file}"`, error);
  }
}

/**
 * Why a write to the file was cut short, which LMDB reports as an I/O error: the error of writing
 * another file beside it, of the same length. Undefined if that succeeds.
 */
export function whyCutShort(file: string): unknown {
  try {
    probe(file, ROOM_BYTES, statSync(file).size);
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * Whether a file of that name beside `file` is a test for room, left by a killed process or about
 * to be removed.
 */
export function isProbe(name: string, file: string): boolean {
  return name.startsWith(`${file}${PROBE_INFIX}`);
}

/** Writes another file beside `file`, and removes it. */
function probe(file: string, length: number, position: number): void {
  const path = `${file}${PROBE_INFIX}${process.pid}`;
  try {
    // One left by a process with the same id says nothing about this disk.
    rmSync(path, { force: true });
    const descriptor = openSync(path, 'wx', 0o600);
    try {
      writeFully(descriptor, length, position);
    } finally {
      ftruncateSync(descriptor, 0);
      closeSync(descriptor);
    }
  } finally {
    rmSync(path, { force: true });
  }
}

/** Writes zeroes; a first write may be cut short, and then the next one fails. */
function writeFully(descriptor: number, length: number, position: number): void {
  const zeroes = Buffer.alloc(length);
  for (let written = 0; written < length; ) {
    written += writeSync(descriptor, zeroes, written, length - written, position + written);
  }
}
