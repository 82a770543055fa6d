/**
 * Upgrades a store of format 1 to format 2. The new data file is written in a folder beside the old
 * one, compared with it record by record, and replaces it in one step under the write lock; the old
 * one stays under another name. Until that step the store is unchanged.
 */
import {
  copyFileSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { ioError, KvError } from '../../../errors.js';
import type { StoreUpgrade, Upgraded } from '../../maintenance.js';
import type { WorkOptions } from '../../store.js';
import { inTurns } from '../../turns.js';
import type { Db } from '../database.js';
import { Environment } from '../environment.js';
import { checkDataFile } from '../file/data-file.js';
import { flush } from '../flush.js';
import { DATA_FILE, FORMAT, FORMAT_KEY, LOCK_FILE } from '../layout.js';
import { byItsPath } from '../lmdb-error.js';
import { openLocked } from '../locked-environment.js';
import { makeDataFile } from '../make-data-file.js';
import { ensureLockFile } from '../make-lock-file.js';
import { processThatMaps } from '../mapped-by.js';
import { readU64 } from '../u64.js';
import { compareAll } from './compare.js';
import { OLD_FORMAT, OldStore } from './format-1.js';
import { copyAll } from './new-store.js';
import { removeRemains, UPGRADING_PREFIX } from './remains.js';

/**
 * The size of the new file at most, as a factor of the old one: its records are a little longer.
 */
const ROOM = 1.15;

/** Ends the transaction that holds the lock, in which nothing was written. */
const DONE = Symbol('done');

/** The upgrade of the store in a folder. Throws `no-store`, `not-a-store`, `damaged`, `io`. */
export function upgradeOf(path: string): StoreUpgrade {
  const file = join(path, DATA_FILE);
  if (statSync(file, { throwIfNoEntry: false }) === undefined) {
    throw new KvError('no-store', `cannot open store "${path}": there is none`);
  }
  checkDataFile(file, 'change');
  return { bytes: statSync(file).size, run: (options) => runUpgrade(path, options) };
}

async function runUpgrade(path: string, options: WorkOptions): Promise<Upgraded> {
  checkAlone(path);
  const environment = openLocked(path, 'write', { patience: { limit: 0 } });
  let upgraded: Upgraded | undefined;
  try {
    const entry = environment.reads.getCopy(environment.main, FORMAT_KEY);
    const format = entry?.length === 8 ? readU64(entry, 0) : 0;
    if (format === FORMAT) return { from: FORMAT, to: FORMAT, buckets: 0, keys: 0 };
    if (format !== OLD_FORMAT) throw unknown(path, format);
    checkRoom(path);
    // A snapshot knows only what was opened before, and its size is read in a transaction.
    const chunks = environment.databases.get('chunks');
    await environment.writes.transaction(async () => {
      upgraded = await carryOver(path, { environment, chunks }, options);
      throw DONE;
    });
  } catch (error) {
    if (error !== DONE) throw ioError(`upgrade store "${path}"`, error);
  } finally {
    await environment.close();
  }
  return upgraded!;
}

async function carryOver(
  path: string,
  { environment, chunks }: { readonly environment: Environment; readonly chunks: Db },
  options: WorkOptions,
): Promise<Upgraded> {
  // Nobody else is upgrading it now, so these were left by a killed process.
  removeRemains(path, readdirSync(path));
  const making = mkdtempSync(join(path, UPGRADING_PREFIX));
  const snapshot = environment.reads.keepBeginning();
  try {
    const old = new OldStore(environment, snapshot, chunks);
    makeDataFile(making);
    ensureLockFile(making, 'write');
    const made = new Environment(making, false, { madeFor: path });
    try {
      const steps = [copyAll(old, made), compareAll(old, made)];
      await inTurns(oneAfterTheOther(steps), options);
    } finally {
      await made.close();
    }
    flush(join(making, DATA_FILE));
    options.signal?.throwIfAborted();
    checkAlone(path);
    const kept = putInPlace(path, making);
    const buckets = old.buckets();
    const keys = buckets.reduce((sum, bucket) => sum + bucket.keys, 0);
    return { from: OLD_FORMAT, to: FORMAT, buckets: buckets.length, keys, kept };
  } catch (error) {
    throw byItsPath(error, making, path);
  } finally {
    environment.reads.release(snapshot);
    rmSync(making, { recursive: true, force: true });
  }
}

/** Replaces the old file by the new one; the old one stays under the name that is returned. */
function putInPlace(path: string, making: string): string {
  const file = join(path, DATA_FILE);
  const kept = keep(file);
  flush(path);
  // Its numbers belong to the old file, and whoever has that open can no longer write.
  rmSync(join(path, LOCK_FILE), { force: true });
  renameSync(join(making, DATA_FILE), file);
  flush(path);
  return kept;
}

/** Gives a file a second name. */
function keep(file: string): string {
  const { ino, dev } = statSync(file);
  for (let number = 1; ; number++) {
    const name = `${file}.format-${OLD_FORMAT}${number === 1 ? '' : `-${number}`}`;
    const there = statSync(name, { throwIfNoEntry: false });
    // An upgrade was killed just before it was done.
    if (there?.ino === ino && there.dev === dev) return name;
    if (there) continue;
    try {
      linkSync(file, name);
    } catch {
      // A file system without links.
      copyFileSync(file, `${name}.part`);
      flush(`${name}.part`);
      renameSync(`${name}.part`, name);
    }
    return name;
  }
}

/** Throws `busy` if another process has the store open. */
function checkAlone(path: string): void {
  const user = processThatMaps(join(path, DATA_FILE), process.pid);
  if (user === undefined) return;
  const state = `process ${user} has it open`;
  throw new KvError('busy', `cannot upgrade store "${path}": ${state}`, {
    hint: 'end that process, then try again',
  });
}

/** Throws `full` if the disk has no room for a second file. */
function checkRoom(path: string): void {
  const { bavail, bsize } = statfsSync(path);
  const needed = Math.ceil(statSync(join(path, DATA_FILE)).size * ROOM);
  if (bavail * bsize >= needed) return;
  const state = `the disk has ${bavail * bsize} bytes free, and it may take ${needed}`;
  throw new KvError('full', `cannot upgrade store "${path}": ${state}`);
}

function* oneAfterTheOther(works: readonly Iterable<number>[]): Generator<number> {
  for (const work of works) yield* work;
}

function unknown(path: string, format: number): KvError {
  const state = `it is in format ${format}, and this kv knows ${OLD_FORMAT} and ${FORMAT}`;
  return new KvError('unknown-format', `cannot upgrade store "${path}": ${state}`);
}
