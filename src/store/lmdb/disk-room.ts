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
import { asKvError, ioError, KvError } from '../../errors.js';

/** A disk with more bytes free than this will not be full soon. */
const PLENTY_BYTES = 64 * 1024 * 1024;

/** The bytes that are added behind the last page, when few are left. */
const ROOM_BYTES = 96 * 1024;

/** The bytes behind the last page that every transaction needs. */
const LEAST_BYTES = 4096;

/**
 * The bytes, behind the last page or of free pages, that a transaction needs that does not delete. One that deletes
 * writes new pages before it frees old ones: these are left to it on a full disk.
 */
const KEPT_BYTES = 64 * 1024;

/** Where a store's file ends, and what it has free. Called only where needed, by the holder of the write lock. */
export interface Extent {
  /** Where the last page ends. */
  end(): number;
  /** Bytes of free pages that may be used, or so many that are enough. */
  freeBytes(enough: number): number;
}

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
 * On a disk that is nearly full, gives the file some room behind its last page, for the holder of the write
 * lock, whose transaction deletes or does not. Throws `full`, `io`.
 *
 * If a write finds no room at all, lmdb's error message overruns a buffer (3.5.6, in
 * mdb_page_flush), which may end the process; a write that is cut short is harmless.
 */
export function makeRoom(file: string, extent: Extent, deletes: boolean): void {
  try {
    if (hasPlenty(file)) return;
    const descriptor = openSync(file, 'r+');
    try {
      const end = extent.end();
      const { size } = fstatSync(descriptor);
      if (size >= end + KEPT_BYTES) return;
      try {
        writeFully(descriptor, end + ROOM_BYTES - size, size);
      } catch (error) {
        // There may have been room for some of it.
        const room = fstatSync(descriptor).size - end;
        if (room < LEAST_BYTES) throw error;
        const isKept = deletes || room >= KEPT_BYTES || extent.freeBytes(KEPT_BYTES) >= KEPT_BYTES;
        if (!isKept) throw error;
      }
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw withWayOut(asKvError(ioError(`write to store file "${file}"`, error)), deletes);
  }
}

/** The same error; one of a disk that is full, and not of a limit on the file's size, with what to do. */
export function withWayOut(error: KvError, deletes: boolean): KvError {
  if (error.code !== 'full' || isOfFileSize(error.cause)) return error;
  const { code, message, result, cause } = error;
  const least = `${ROOM_BYTES / 1024} KiB on its disk are enough to delete`;
  const hint = deletes
    ? `${least}, and what is deleted is used again`
    : `try: kv delete KEY, for which some room is kept; else ${least}`;
  return new KvError(code, message, { result, hint, cause });
}

function isOfFileSize(cause: unknown): boolean {
  if (cause instanceof KvError) return isOfFileSize(cause.cause);
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'EFBIG';
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
