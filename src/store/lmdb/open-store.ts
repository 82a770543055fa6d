/** Opens a store, or makes one: the files are checked before LMDB opens them. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ioError, KvError } from '../../errors.js';
import type { Patience } from '../patience.js';
import type { Milliseconds } from '../record.js';
import type { Mode, Store } from '../store.js';
import { isProbe } from './disk-room.js';
import { Environment } from './environment.js';
import { exposureOf } from './exposed-folder.js';
import { checkDataFile } from './file/data-file.js';
import { flush } from './flush.js';
import { finishRestore } from './interrupted-restore.js';
import {
  DATA_FILE,
  encodeU64,
  FORMAT,
  FORMAT_KEY,
  internalDatabases,
  LOCK_FILE,
  SEQUENCE_KEY,
  sealEntry,
} from './layout.js';
import { LmdbStore } from './lmdb-store.js';
import { openLocked } from './locked-environment.js';
import { makeDataFile } from './make-data-file.js';
import { makeFolder } from './make-folder.js';
import { ensureLockFile, linkUnlessThere, MAKING_PREFIX } from './make-lock-file.js';
import { removeRemains as removeOfUpgrade } from './upgrade/remains.js';

/** How long making a store may take, in ms; older temporary folders belong to killed processes. */
const MAKING_LIMIT_MS = 60 * 60 * 1000;

/**
 * The store in a folder. If there is none: undefined; to `write` it is made, with mode 0700, its
 * files 0600. `now` is the clock for expiry. Throws `not-a-store`, `unknown-format`, `damaged`,
 * `io`, `full`, `busy`.
 */
export async function openStore(
  path: string,
  mode: Mode,
  patience?: Patience,
  now?: () => Milliseconds,
): Promise<Store | undefined> {
  const names = namesIn(path);
  let isMade = false;
  if (!holdsStore(path, names)) {
    if (mode !== 'write') return undefined;
    isMade = await makeStore(path);
    const exposure = isMade ? exposureOf(path) : undefined;
    if (exposure !== undefined) patience?.remark?.(exposure);
  }
  if (mode !== 'read') removeRemains(path, names);
  checkDataFile(join(path, DATA_FILE), mode);
  const environment = openLocked(path, mode, { isMade, patience, now });
  try {
    checkFormat(environment);
    // The store is of today's format, so an upgrade was done when it was killed.
    if (mode !== 'read') removeOfUpgrade(path, names);
    const store = new LmdbStore(environment);
    if (mode !== 'read') store.reclaim();
    return store;
  } catch (error) {
    await environment.close();
    throw error;
  }
}

/** The names in the folder; none if it does not exist. Throws `not-a-store` for a file, `io`. */
function namesIn(path: string): string[] {
  const action = `open store "${path}"`;
  try {
    if (!statSync(path).isDirectory()) {
      throw new KvError('not-a-store', `cannot ${action}: it is a file, not a folder`);
    }
    return readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw ioError(action, error);
    return isFinished(path) ? readdirSync(path) : [];
  }
}

/** Whether the end of a restore that was killed has put a store there. Throws `io`. */
function isFinished(path: string): boolean {
  try {
    return finishRestore(path);
  } catch (error) {
    throw ioError(`finish the restore of store "${path}"`, error);
  }
}

/** False if the folder is empty. Throws `not-a-store` if it holds something else. */
function holdsStore(path: string, names: readonly string[]): boolean {
  if (names.includes(DATA_FILE)) return true;
  const other = names.find((name) => name !== LOCK_FILE && !name.startsWith(MAKING_PREFIX));
  if (other === undefined) return false;
  throw new KvError('not-a-store', `cannot open store "${path}": the folder holds something else`);
}

/**
 * Makes a store in a temporary folder and links it into place, so that it is complete or absent,
 * however many processes make it at once: the first one stays. Returns whether it is this
 * process's.
 */
async function makeStore(path: string): Promise<boolean> {
  try {
    makeFolder(path);
    const making = mkdtempSync(join(path, MAKING_PREFIX));
    try {
      makeDataFile(making);
      ensureLockFile(making, 'write');
      const environment = new Environment(making, false, { madeFor: path });
      environment.writes.transactionSync(() => {
        for (const name of internalDatabases) environment.databases.create(name);
        environment.main.putSync(FORMAT_KEY, encodeU64(FORMAT));
        const { seed } = environment.main;
        const sequence = sealEntry(seed, SEQUENCE_KEY, encodeU64(0));
        environment.main.putSync(SEQUENCE_KEY, sequence);
      });
      await environment.close();
      ensureLockFile(path, 'write');
      const isFirst = linkUnlessThere(join(making, DATA_FILE), join(path, DATA_FILE));
      flush(path);
      flush(join(path, '..'));
      return isFirst;
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
  } catch (error) {
    throw ioError(`make store "${path}"`, causeOf(error));
  }
}

/**
 * The system's error of a write that failed; the store's own message would name the temporary path.
 */
function causeOf(error: unknown): unknown {
  const isOfDisk = error instanceof KvError && (error.code === 'full' || error.code === 'io');
  return isOfDisk && error.cause !== undefined ? causeOf(error.cause) : error;
}

/** Removes what killed processes have left while they made a store, or tested for room. */
function removeRemains(path: string, names: readonly string[]): void {
  for (const name of names) {
    const isSmall = isProbe(name, DATA_FILE);
    if (!isSmall && !name.startsWith(MAKING_PREFIX)) continue;
    const remains = join(path, name);
    try {
      if (!isSmall && Date.now() - statSync(remains).mtimeMs < MAKING_LIMIT_MS) continue;
      rmSync(remains, { recursive: true, force: true });
    } catch {
      // They are gone, or belong to another user, and do no harm.
    }
  }
}

function checkFormat(environment: Environment): void {
  const stored = environment.reads.getCopy(environment.main, FORMAT_KEY);
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
      // Its records have no checksums, so they cannot be read like today's.
      format === 1 ? { hint: 'to carry it over: kv store upgrade, which keeps the old file' } : {},
    );
  }
}
