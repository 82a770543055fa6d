/** Makes a store's lock file before LMDB does. */
import {
  accessSync,
  copyFileSync,
  constants as fsConstants,
  linkSync,
  lstatSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ioError, KvError } from '../../errors.js';
import type { Mode } from '../store.js';
import { LOCK_FILE } from './layout.js';

/** The prefix of a temporary folder in which a file is made before it appears. */
export const MAKING_PREFIX = '.making-';

/** Bytes of a new lock file, which determine the number of readers: about a thousand. */
const LOCK_FILE_BYTES = 64 * 1024;

/**
 * LMDB makes its lock file with a hole, and on a full disk dies with SIGBUS when it writes there.
 * So the file is made here, with all bytes written. LMDB also dies if a lock file exists that it
 * cannot open. It reads without one if it may not write to the folder.
 *
 * A symbolic link is refused: two folders with one lock file, or a lock file that others can
 * replace, do not keep writers apart.
 */
export function ensureLockFile(path: string, mode: Mode): void {
  const action = `lock store "${path}"`;
  const lock = join(path, LOCK_FILE);
  try {
    const there = lstatSync(lock, { throwIfNoEntry: false });
    if (there?.isSymbolicLink()) {
      throw new KvError('io', `cannot ${action}: its ${LOCK_FILE} is a symbolic link`, {
        hint: 'remove the link when no process has the store open',
      });
    }
    if (there && !there.isFile()) {
      throw new KvError('not-a-store', `cannot ${action}: its ${LOCK_FILE} is no file`);
    }
    if (there && mode !== 'read') accessSync(lock, fsConstants.R_OK | fsConstants.W_OK);
    if (!there) makeLockFile(path, lock);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const mayNotWrite = ['EACCES', 'EPERM', 'EROFS'].includes(code);
    if (!(mayNotWrite && mode === 'read')) throw ioError(action, error);
  }
}

function makeLockFile(path: string, lock: string): void {
  const making = mkdtempSync(join(path, MAKING_PREFIX));
  try {
    const written = join(making, LOCK_FILE);
    writeFileSync(written, Buffer.alloc(LOCK_FILE_BYTES), { mode: 0o600 });
    linkUnlessThere(written, lock);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/** Gives a file a second name; false if something exists there. */
export function linkUnlessThere(from: string, to: string): boolean {
  try {
    try {
      linkSync(from, to);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      // A file system without links.
      copyFileSync(from, to, fsConstants.COPYFILE_EXCL);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}
