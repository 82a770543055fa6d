/** Reads a component from a file or a pipe, in a way that a time limit can stop. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { COMPONENT_LIMIT_BYTES } from '../component/room.js';
import { ioError, KvError } from '../errors.js';
import { sleep } from '../io/sleep.js';

/** Bytes that are read at a time if the size is unknown. */
const BLOCK_BYTES = 64 * 1024;

/** Between two tries of a pipe that is not ready. */
const WAIT_MILLISECONDS = 1;

/**
 * The whole file. Throws `io` if it cannot be read, or is neither a file nor a pipe; `too-large`
 * past `COMPONENT_LIMIT_BYTES`. `action` is what was tried.
 */
export function readComponentFile(path: string, action: string): Uint8Array {
  try {
    // Otherwise a pipe without a writer would block the process where nothing can stop it.
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return readWhole(descriptor, fstatSync(descriptor), action);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw ioError(action, error);
  }
}

function readWhole(descriptor: number, stats: Stats, action: string): Uint8Array {
  const tooLarge = () =>
    new KvError('too-large', `cannot ${action}: it is larger than ${COMPONENT_LIMIT_BYTES} bytes`);
  if (stats.isDirectory()) throw new KvError('io', `cannot ${action}: it is a directory`);
  if (!stats.isFile() && !stats.isFIFO()) {
    throw new KvError('io', `cannot ${action}: it is neither a file nor a pipe`);
  }
  if (stats.size > COMPONENT_LIMIT_BYTES) throw tooLarge();
  const blocks: Uint8Array[] = [];
  for (let length = 0; ; ) {
    const block = Buffer.allocUnsafeSlow(Math.max(stats.size - length, BLOCK_BYTES));
    const read = readSome(descriptor, block);
    if (read === undefined) {
      sleep(WAIT_MILLISECONDS);
      continue;
    }
    if (read === 0) return blocks.length === 1 ? blocks[0]! : Buffer.concat(blocks);
    blocks.push(block.subarray(0, read));
    length += read;
    if (length > COMPONENT_LIMIT_BYTES) throw tooLarge();
  }
}

/** The bytes read, 0 at the end; undefined if none are available yet. */
function readSome(descriptor: number, block: Uint8Array): number | undefined {
  try {
    return readSync(descriptor, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}
