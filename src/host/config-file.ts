/**
 * Reads files with settings for a guest: one `NAME=VALUE` a line, and comments that begin with `#`.
 */
import { readFileSync, statSync } from 'node:fs';
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
    if (statSync(path).size > LIMIT_BYTES) {
      throw new KvError('too-large', `cannot ${action}: it is larger than ${LIMIT_BYTES} bytes`);
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw ioError(action, error);
  }
}
