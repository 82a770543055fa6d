/** Stores compiled code for the next start: a file appears whole, or not at all. */
import { lstatSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../store/lmdb/make-folder.js';
import { faultOf } from './code-file.js';

/**
 * Files that are kept: the most recent of one for each verb, kv, version of Node and set of its
 * options.
 */
const FILES = 32;

/** How long writing may take, in ms; older temporary files belong to killed processes. */
const WRITING_LIMIT_MS = 60 * 60 * 1000;

const FILE_PREFIX = 'code-';
const WRITING_PREFIX = '.writing-';

/** The file for code whose key has this digest. */
export function codeFilePath(folder: string, digest: string): string {
  return join(folder, FILE_PREFIX + digest);
}

/**
 * Replaces a file of `folder`, which is made for its owner alone. Throws the system's error, and if
 * the folder cannot be trusted or belongs to another user.
 */
export function keepCode(folder: string, file: string, bytes: Uint8Array): void {
  if (isOfAnotherUser(folder)) throw new Error("it would be in another user's home folder");
  makeFolder(folder);
  const fault = faultOf(lstatSync(folder), 'folder');
  if (fault !== undefined) throw new Error(`${folder} ${fault}`);
  const writing = join(folder, `${WRITING_PREFIX}${process.pid}-${process.hrtime.bigint()}`);
  try {
    writeFileSync(writing, bytes, { mode: 0o600, flag: 'wx' });
    renameSync(writing, file);
  } catch (error) {
    rmSync(writing, { force: true });
    throw error;
  }
  removeOld(folder);
}

/**
 * Whether root would make the folder among another user's files, as with `sudo`: that user could
 * neither use nor remove it.
 */
function isOfAnotherUser(folder: string): boolean {
  const above = dirname(folder);
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined && above !== folder) return isOfAnotherUser(above);
  return process.geteuid?.() === 0 && stats?.uid !== 0;
}

/** Removes temporary files of killed processes, and all except the newest files. */
function removeOld(folder: string): void {
  const files = readdirSync(folder)
    .filter((name) => name.startsWith(FILE_PREFIX) || name.startsWith(WRITING_PREFIX))
    .map((name) => ({ name, time: timeOf(join(folder, name)) }))
    .sort((a, b) => b.time - a.time);
  const kept = files.filter(({ name }) => name.startsWith(FILE_PREFIX));
  const left = files.filter(
    ({ name, time }) => name.startsWith(WRITING_PREFIX) && Date.now() - time > WRITING_LIMIT_MS,
  );
  for (const { name } of [...kept.slice(FILES), ...left])
    rmSync(join(folder, name), { force: true });
}

/** When a file was written, in ms since the epoch; 0 if it has been removed meanwhile. */
function timeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
