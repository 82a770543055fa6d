/**
 * Reads files with settings for a guest: one `NAME=VALUE` a line, and comments that begin with `#`.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { ioError, KvError } from '../errors.js';

/** Bytes of the largest file. */
const LIMIT_BYTES = 1024 * 1024;

/**
 * The settings, in order. Throws `rejected` with the place of a malformed line, `io`, `too-large`.
 */
export function readConfigFile(path: string): [string, string][] {
  const action = `read settings from "${path}"`;
  return textOf(path, action)
    .split(/\r?\n/)
    .flatMap((line, index): [string, string][] => {
      if (/^\s*(#|$)/.test(line)) return [];
      const at = line.indexOf('=');
      if (at < 1) {
        throw new KvError(
          'rejected',
          `cannot ${action}: line ${index + 1} is not of the form NAME=VALUE`,
        );
      }
      return [[line.slice(0, at).trim(), line.slice(at + 1)]];
    });
}

function textOf(path: string, action: string): string {
  try {
    const descriptor = openSync(path, 'r');
    try {
      const block = Buffer.alloc(LIMIT_BYTES + 1);
      let length = 0;
      // A device may have no end.
      for (let read = -1; read !== 0 && length <= LIMIT_BYTES; length += read) {
        read = readSync(descriptor, block, length, block.length - length, null);
      }
      if (length <= LIMIT_BYTES) return block.toString('utf8', 0, length);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw ioError(action, error);
  }
  throw new KvError('too-large', `cannot ${action}: it is larger than ${LIMIT_BYTES} bytes`);
}
