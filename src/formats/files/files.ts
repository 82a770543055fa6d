/**
 * A folder of files: the path of each below the folder is a key, and its contents the value. It is
 * not a stream of bytes, so batches/ reads and writes the files.
 */
import { type AnyFormat, quoted } from '../format.js';

export const format: AnyFormat = { counts: 'file' };

/** Bytes of the longest name in file systems. */
const NAME_LIMIT_BYTES = 255;

/** How many folders deep a file may be: each is held open while its files are walked. */
export const DEPTH_LIMIT = 256;

/** The folders' names and the file's name for a key, or the reason why it cannot be a path. */
export function pathOfKey(key: string): string[] | string {
  if (key === '') return 'nothing is left of it behind the prefix';
  if (key.includes('\0')) return 'no name of a file holds a NUL';
  if (key.startsWith('/')) return 'it begins with /';
  if (key.endsWith('/')) return 'it ends with /';
  const names = key.split('/');
  if (names.length > DEPTH_LIMIT) return `it is over ${DEPTH_LIMIT} folders deep`;
  for (const name of names) {
    if (name === '') return 'it holds //';
    if (name === '.' || name === '..') return `"${name}" is no name of a file`;
    const bytes = Buffer.byteLength(name);
    if (bytes > NAME_LIMIT_BYTES) {
      return `${quoted(name)} has ${bytes} bytes, over the ${NAME_LIMIT_BYTES} of a name`;
    }
  }
  return names;
}
