/** Opening a store, and making one: what is on the disk is looked at before LMDB is given it. */
import {
  accessSync,
  closeSync,
  copyFileSync,
  constants as fsConstants,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ioError, KvError } from '../../errors.js';
import type { Patience } from '../patience.js';
import type { Mode, Store } from '../store.js';
import { Environment } from './environment.js';
import { checkDataFile } from './file/data-file.js';
import {
  DATA_FILE,
  encodeU64,
  FORMAT,
  FORMAT_KEY,
  internalDatabases,
  LOCK_FILE,
  SEQUENCE_KEY,
} from './layout.js';
import { LmdbStore } from './lmdb-store.js';
import { makeFolder } from './make-folder.js';

/** Begins the name of a folder in which a store is made before it appears. */
const MAKING_PREFIX = '.making-';

/** How long making a store may take, in ms: what is older was left by a process that was killed. */
const MAKING_LIMIT_MS = 60 * 60 * 1000;

/** Bytes of a new lock file, which bound how many readers it has room for: about a thousand. */
const LOCK_FILE_BYTES = 64 * 1024;

/**
 * The store in a folder. Where there is none: undefined; to `write` it is made, with mode 0700, its
 * files 0600. Throws `not-a-store`, `unknown-format`, `damaged`, `io`, `full`, `busy`.
 */
export async function openStore(
  path: string,
  mode: Mode,
  patience?: Patience,
): Promise<Store | undefined> {
  const names = namesIn(path);
  if (!holdsStore(path, names)) {
    if (mode !== 'write') return undefined;
    await makeStore(path);
  }
  if (mode !== 'read') removeRemains(path, names);
  checkDataFile(join(path, DATA_FILE));
  ensureLockFile(path, mode);
  const environment = new Environment(path, mode === 'read', patience);
  try {
    checkFormat(environment);
    const store = new LmdbStore(environment);
    if (mode !== 'read') store.reclaim();
    return store;
  } catch (error) {
    await environment.close();
    throw error;
  }
}

/** What is in the folder; nothing where there is none. Throws `not-a-store` for a file, `io`. */
function namesIn(path: string): string[] {
  const action = `open store "${path}"`;
  try {
    if (!statSync(path).isDirectory()) {
      throw new KvError('not-a-store', `cannot ${action}: it is a file, not a folder`);
    }
    return readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw ioError(action, error);
  }
}

/** False where there is nothing yet. Throws `not-a-store` for what holds something else. */
function holdsStore(path: string, names: readonly string[]): boolean {
  if (names.includes(DATA_FILE)) return true;
  const other = names.find((name) => name !== LOCK_FILE && !name.startsWith(MAKING_PREFIX));
  if (other === undefined) return false;
  throw new KvError('not-a-store', `cannot open store "${path}": the folder holds something else`);
}

/**
 * Makes a store in a folder of its own and links it into place, so that it is whole or absent,
 * however many processes make it at once: the first one's stays.
 */
async function makeStore(path: string): Promise<void> {
  try {
    makeFolder(path);
    const making = mkdtempSync(join(path, MAKING_PREFIX));
    try {
      ensureLockFile(making, 'write');
      const environment = new Environment(making, false);
      environment.writes.transaction(() => {
        for (const name of internalDatabases) environment.createDatabase(name);
        environment.main.putSync(FORMAT_KEY, encodeU64(FORMAT));
        environment.main.putSync(SEQUENCE_KEY, encodeU64(0));
      });
      await environment.close();
      ensureLockFile(path, 'write');
      linkUnlessThere(join(making, DATA_FILE), join(path, DATA_FILE));
      flushFolder(path);
      flushFolder(join(path, '..'));
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
  } catch (error) {
    throw ioError(`make store "${path}"`, error);
  }
}

/** Removes, where it may, what processes left that were killed while they made a store. */
function removeRemains(path: string, names: readonly string[]): void {
  for (const name of names) {
    if (!name.startsWith(MAKING_PREFIX)) continue;
    const remains = join(path, name);
    try {
      if (Date.now() - statSync(remains).mtimeMs < MAKING_LIMIT_MS) continue;
      rmSync(remains, { recursive: true, force: true });
    } catch {
      // They are gone, or another user's, and in nobody's way.
    }
  }
}

/**
 * LMDB makes its lock file with a hole in it, and on a full disk dies with SIGBUS when it fills the
 * hole. So the file is made here, of written bytes. LMDB also dies where there is one that it cannot
 * open. It reads without one where it may not write to the folder.
 */
function ensureLockFile(path: string, mode: Mode): void {
  const action = `lock store "${path}"`;
  const lock = join(path, LOCK_FILE);
  try {
    const there = lstatSync(lock, { throwIfNoEntry: false });
    if (there && !statSync(lock).isFile()) {
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

/** Makes the names in a folder outlive a power cut. */
function flushFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function linkUnlessThere(from: string, to: string): void {
  try {
    try {
      linkSync(from, to);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
      // A file system without links.
      copyFileSync(from, to, fsConstants.COPYFILE_EXCL);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function checkFormat(environment: Environment): void {
  const stored = environment.readCopy(environment.main, FORMAT_KEY);
  if (stored?.length !== 8) {
    throw new KvError(
      'not-a-store',
      `cannot open store "${environment.path}": its file is of LMDB, but not of kv`,
    );
  }
  const format = Number(stored.readBigUInt64BE());
  if (format !== FORMAT) {
    throw new KvError(
      'unknown-format',
      `cannot open store "${environment.path}": it is in format ${format}, and this kv knows ${FORMAT}`,
    );
  }
}
