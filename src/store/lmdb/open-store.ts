/** Opening a store, and making one: what is on the disk is looked at before LMDB is given it. */
import {
  copyFileSync,
  existsSync,
  constants as fsConstants,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ioError, KvError } from '../../errors.js';
import type { Store } from '../store.js';
import { lookAtDataFile } from './data-file.js';
import { Environment } from './environment.js';
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

/** Begins the name of a folder in which a store is made before it appears. */
const MAKING_PREFIX = '.making-';

/** Bytes of a new lock file, which bound how many readers it has room for: about a thousand. */
const LOCK_FILE_BYTES = 64 * 1024;

export type Mode = 'read' | 'write';

/**
 * The store in a folder. To read where there is none: undefined. To write: it is made, with mode
 * 0700, its files 0600. Throws `not-a-store`, `unknown-format`, `damaged`, `io`, `full`, `busy`.
 */
export async function openStore(path: string, mode: Mode): Promise<Store | undefined> {
  if (!holdsStore(path)) {
    if (mode === 'read') return undefined;
    await makeStore(path);
  }
  lookAtDataFile(join(path, DATA_FILE));
  if (mode === 'write') ensureLockFile(path);
  const environment = new Environment(path, mode === 'read');
  try {
    checkFormat(environment);
    const store = new LmdbStore(environment);
    if (mode === 'write') store.reclaim();
    return store;
  } catch (error) {
    await environment.close();
    throw error;
  }
}

/** False where there is nothing yet. Throws `not-a-store` for what holds something else. */
function holdsStore(path: string): boolean {
  const action = `open store "${path}"`;
  let names: string[];
  try {
    if (!statSync(path).isDirectory()) {
      throw new KvError('not-a-store', `cannot ${action}: it is a file, not a folder`);
    }
    names = readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw ioError(action, error);
  }
  if (names.includes(DATA_FILE)) return true;
  const other = names.find((name) => name !== LOCK_FILE && !name.startsWith(MAKING_PREFIX));
  if (other === undefined) return false;
  throw new KvError('not-a-store', `cannot ${action}: the folder holds something else`);
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
      const environment = new Environment(making, false);
      environment.transaction(() => {
        for (const name of internalDatabases) environment.createDatabase(name);
        environment.main.putSync(FORMAT_KEY, encodeU64(FORMAT));
        environment.main.putSync(SEQUENCE_KEY, encodeU64(0));
      });
      await environment.close();
      ensureLockFile(path);
      linkUnlessThere(join(making, DATA_FILE), join(path, DATA_FILE));
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
  } catch (error) {
    throw ioError(`make store "${path}"`, error);
  }
}

/** Makes a folder and those above it. (Node's own way goes on for ever where /proc refuses one.) */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || existsSync(dirname(path))) throw error;
    makeFolder(dirname(path));
    makeFolder(path);
  }
}

/**
 * LMDB makes its lock file with a hole in it, and on a full disk dies with SIGBUS when it fills the
 * hole. So the file is made here, of written bytes.
 */
function ensureLockFile(path: string): void {
  const lock = join(path, LOCK_FILE);
  if (statSync(lock, { throwIfNoEntry: false })) return;
  const making = mkdtempSync(join(path, MAKING_PREFIX));
  try {
    const written = join(making, LOCK_FILE);
    writeFileSync(written, Buffer.alloc(LOCK_FILE_BYTES), { mode: 0o600 });
    linkUnlessThere(written, lock);
  } catch (error) {
    throw ioError(`lock store "${path}"`, error);
  } finally {
    rmSync(making, { recursive: true, force: true });
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
