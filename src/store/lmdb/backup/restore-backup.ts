/**
 * Restores backups into a temporary folder, which takes the store's place when it has been checked.
 */
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ioError, KvError } from '../../../errors.js';
import type { BackupInput } from '../../backup/backup-input.js';
import { restoreGiven } from '../../backup/given-backups.js';
import type { BackupInfo, Restored, RestoreOptions } from '../../maintenance.js';
import type { WorkOptions } from '../../store.js';
import { checkOf } from '../check/check-store.js';
import { metaPagesOf } from '../file/new-metas.js';
import { flush } from '../flush.js';
import {
  finishRestore,
  replacedName,
  restoredName,
  restoredPrefix,
} from '../interrupted-restore.js';
import { DATA_FILE } from '../layout.js';
import { makeFolder } from '../make-folder.js';
import type { Head } from './backup-format.js';
import { FlushedFile } from './flushed-file.js';
import { BackupReader } from './read-backup.js';
import { restoreRecords } from './restore-records.js';

/** The prefix of the temporary folder's name; the store's own name follows. */
const RESTORING_PREFIX = '.restoring-';

/** How long restoring may take, in ms; older temporary folders belong to killed processes. */
const RESTORING_LIMIT_MS = 24 * 60 * 60 * 1000;

/**
 * Combines a full backup and its incremental ones, each continuing the one before, into the store
 * at a path. Nothing appears there before everything has been read and checked; an existing store
 * is kept beside it. Rejects with `rejected` for a file that is not a backup or is damaged, `usage`
 * for backups that do not continue each other, `condition-failed` if a store exists and is not to
 * be replaced, `full`, `io`, the signal's reason.
 */
export async function restoreBackups(
  path: string,
  backups: readonly AsyncIterable<Uint8Array>[],
  options: RestoreOptions,
): Promise<Restored> {
  const place = resolve(path);
  try {
    finishRestore(place);
    if (existsSync(place) && !options.replace) throw isThere(path);
    makeFolder(dirname(place));
    const prefix = `${RESTORING_PREFIX}${basename(place)}-`;
    removeRemains(dirname(place), [prefix, restoredPrefix(place)]);
    let making = mkdtempSync(join(dirname(place), prefix));
    try {
      const info = await assemble(path, making, backups, options);
      const replaced = existsSync(place) ? replacedName(place) : undefined;
      if (replaced === undefined) renameSync(making, place);
      else {
        const restored = restoredName(place);
        // One of a restore that was killed just here.
        rmSync(restored, { recursive: true, force: true });
        renameSync(making, restored);
        making = restored;
        renameSync(place, replaced);
        finishRestore(place);
      }
      flush(dirname(place));
      return { info, ...(replaced !== undefined && { replaced }) };
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
  } catch (error) {
    throw ioError(`restore store "${path}"`, error);
  }
}

/**
 * Makes a store of backups of pages in an empty folder. Rejects with `rejected`, `usage` if they do not continue each
 * other, `damaged`, `full`, `io`, the signal's reason.
 */
export async function restorePages(
  folder: string,
  inputs: readonly BackupInput[],
  options: WorkOptions,
): Promise<BackupInfo> {
  try {
    return await assemblePages(folder, join(folder, DATA_FILE), inputs, options);
  } catch (error) {
    throw ioError('restore a backup', error);
  }
}

/** Makes the store in a folder, and checks it. */
async function assemble(
  path: string,
  making: string,
  backups: readonly AsyncIterable<Uint8Array>[],
  options: RestoreOptions,
): Promise<BackupInfo> {
  const file = join(making, DATA_FILE);
  return restoreGiven<BackupInfo>(backups, {
    pages: (inputs) => assemblePages(path, file, inputs, options),
    async records(input) {
      const info = await restoreRecords(path, making, input, options);
      await checkWhole(path, file, options);
      flush(file);
      return info;
    },
  });
}

/**
 * Writes the pages of all backups to their places, later ones over earlier ones, and checks them.
 */
async function assemblePages(
  path: string,
  making: string,
  inputs: readonly BackupInput[],
  options: WorkOptions,
): Promise<Head> {
  const { signal, progress } = options;
  const file = await open(making, 'wx', 0o600);
  try {
    const flushed = new FlushedFile(file);
    let last: Head | undefined;
    let bytes = 0;
    for (const input of inputs) {
      const reader = new BackupReader(input);
      const head = await reader.head();
      if (head.base !== (last?.moment ?? null)) throw noChain(head, last);
      for await (const { first, pages } of reader.runs()) {
        signal?.throwIfAborted();
        flushed.write(pages, first * head.pageSize);
        bytes += pages.length;
        progress?.(bytes);
      }
      last = head;
    }
    const { pageSize, lastPage } = last!;
    await file.truncate((lastPage + 1) * pageSize);
    flushed.write(metaPagesOf(Buffer.from(last!.meta, 'base64')), 0);
    await Promise.all([flushed.flush(), checkWhole(path, making, options)]);
    return last!;
  } finally {
    await file.close();
  }
}

async function checkWhole(path: string, file: string, { signal }: WorkOptions): Promise<void> {
  let first: string | undefined;
  await checkOf(file).run({
    signal,
    async found({ page, problem }) {
      first ??= page === undefined ? problem : `page ${page}: ${problem}`;
    },
  });
  if (first === undefined) return;
  throw new KvError(
    'damaged',
    `cannot restore store "${path}": what the backup holds is damaged: ${first}`,
  );
}

function removeRemains(folder: string, prefixes: readonly string[]): void {
  for (const name of readdirSync(folder)) {
    if (!prefixes.some((prefix) => name.startsWith(prefix))) continue;
    const remains = join(folder, name);
    const { mtimeMs = Date.now() } = statSync(remains, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > RESTORING_LIMIT_MS)
      rmSync(remains, { recursive: true, force: true });
  }
}

function isThere(path: string): KvError {
  return new KvError(
    'condition-failed',
    `cannot restore store "${path}": there is something already`,
    {
      hint: 'try: --store PATH for another place, or --force, which keeps what is there beside it',
    },
  );
}

function noChain(head: Head, before: Head | undefined): KvError {
  return new KvError(
    'usage',
    `cannot restore the backup of transaction ${head.transaction}: ${whyNoChain(head, before)}`,
  );
}

function whyNoChain(head: Head, before: Head | undefined): string {
  if (head.base === null) return 'it is a whole one, and comes first';
  if (before === undefined) {
    return `it holds what was changed since transaction ${head.since}: the backup of that comes first`;
  }
  const isOther = head.store !== null && before.store !== null && head.store !== before.store;
  return isOther
    ? 'it is of another store than the one before it'
    : 'it does not begin where the one before it ends';
}
