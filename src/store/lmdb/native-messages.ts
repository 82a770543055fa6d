/**
 * Takes out of lmdb's native part (3.5.6) what it says itself of a write that fails.
 *
 * In mdb_page_flush it puts together a text that is longer than the 100 bytes it has for it, with
 * numbers that nobody has set: that overruns the heap, and the process dies when it frees something
 * later, or says what stood in its memory. Other texts go to stderr beside kv's own line, and one
 * to stdout.
 *
 * Each is made by a format of C's, which is a string in the loaded code that is only read. So each
 * gets a zero for its first byte, in this process's memory alone, and then makes an empty text.
 * Where the system has no /proc, or does not let a process change such memory, all stays as it was:
 * then what disk-room.ts foresees is all that is done.
 */
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';

/** The beginnings of the texts, long enough that no other string has them. */
const beginnings = [
  'Write error: %s position ',
  'Attempting to write page at position ',
  'mdb_page_spill flushing error %i',
  'mdb_page_spill error %i',
  'do_write error %u %u',
  'put failed bad_sub, %s',
  'del failed, %s',
  'cursor_del0 failed, %i',
  'split failed, %i',
  'mdb_drop0 failed, %d',
  'wfc unlock due to error %u',
] as const;

/** Read-only memory of a native module: first and last address. */
const READ_ONLY_PART = /^([0-9a-f]+)-([0-9a-f]+) r--p .*\.node$/gm;

let isDone = false;

/**
 * To be called when the native part is loaded, before anything is written. Does nothing the second
 * time.
 */
export function silenceNativePart(): void {
  if (isDone || process.platform !== 'linux') return;
  isDone = true;
  try {
    const memory = openSync('/proc/self/mem', 'r+');
    try {
      for (const [, from, to] of readFileSync('/proc/self/maps', 'latin1').matchAll(
        READ_ONLY_PART,
      )) {
        silence(memory, Number.parseInt(from!, 16), Number.parseInt(to!, 16));
      }
    } finally {
      closeSync(memory);
    }
  } catch {
    // Nothing has been written yet, and each text is either whole or empty.
  }
}

function silence(memory: number, from: number, to: number): void {
  const part = Buffer.allocUnsafe(to - from);
  if (readSync(memory, part, 0, part.length, from) < part.length) return;
  for (const beginning of beginnings) {
    // After the zero that ends the previous string, so that it is not in the middle of another.
    const before = part.indexOf(`\0${beginning}`, 0, 'latin1');
    if (before >= 0) writeSync(memory, Buffer.alloc(1), 0, 1, from + before + 1);
  }
}
