/** Exports to a folder: each key becomes a file with its value. */
import { rmdirSync, unlinkSync } from 'node:fs';
import { piecesOfValue } from '../answers/value-pieces.js';
import type { Bucket, Context, StoredValue } from '../context.js';
import { type ExitCode, exitCodes, ioError } from '../errors.js';
import { pathOfKey } from '../formats/files/files.js';
import { quoted } from '../formats/format.js';
import { FilesExportReport } from './files-export-report.js';
import { FileTree } from './folders/file-tree.js';
import { filesBelow } from './folders/folder-walk.js';
import { type HeldFolder, rawName } from './folders/held-folder.js';
import { findFolder, makeFolder, openFolder } from './folders/open-folder.js';
import { keepApart } from './folders/store-apart.js';
import { type LongWorkOptions, longWork } from './long-work.js';

export interface FilesExportOptions {
  readonly prefix: string;
  readonly path: string;
  /** Whether files without a key are deleted. */
  readonly mirror: boolean;
  readonly dryRun: boolean;
}

/** The codes of the file system for a name that it cannot hold. */
const nameErrors = ['ENAMETOOLONG', 'EILSEQ', 'EINVAL'];

/**
 * Writes the files, and returns the exit status: `badData` if a key cannot be a file name, which is
 * reported. Throws `io`, and `usage` for the store's folder.
 */
export async function exportFiles(
  context: Context,
  options: FilesExportOptions,
): Promise<ExitCode> {
  const { path, dryRun } = options;
  const action = `export to "${path}"`;
  const bucket = context.bucketToRead();
  if (!dryRun) makeFolder(path, action);
  keepApart(path, context.settings.store, action);
  const root = (dryRun ? findFolder : openFolder)(path, action);
  const exported = await longWork(
    context,
    undefined,
    async (work, { terminal }) => {
      const own = { ...context, terminal };
      const report = new FilesExportReport(own);
      const run = new FilesExport(own, options, { bucket, root, report, work });
      try {
        await run.all();
      } finally {
        run.close();
        await report.endLines();
      }
      return report;
    },
    { unit: 'bytes' },
  ).finally(() => root?.close());
  await exported.end(context, path, dryRun);
  return exported.rejected > 0 ? exitCodes.badData : exitCodes.done;
}

interface Parts {
  readonly bucket: Bucket;
  /** Undefined in a dry run for a folder that does not exist yet. */
  readonly root: HeldFolder | undefined;
  readonly report: FilesExportReport;
  readonly work: LongWorkOptions;
}

class FilesExport {
  readonly #context: Context;
  readonly #options: FilesExportOptions;
  readonly #parts: Parts;
  readonly #report: FilesExportReport;
  readonly #tree: FileTree | undefined;

  constructor(context: Context, options: FilesExportOptions, parts: Parts) {
    this.#context = context;
    this.#options = options;
    this.#parts = parts;
    this.#report = parts.report;
    this.#tree = parts.root && new FileTree(parts.root);
  }

  async all(): Promise<void> {
    const { listing } = this.#context.keyvalue;
    const { bucket, root, work } = this.#parts;
    const { prefix, mirror } = this.#options;
    // First, since a folder may stand where a file is to be, and the other way round.
    if (mirror && root) await this.#deleteOthers(root);
    for (const records of listing.listRecords(bucket, { prefix })) {
      for (let position = 0; position < records.count; position++) {
        const value = records.value(position);
        if (value === undefined) continue;
        try {
          await this.#export(records.key(position), value);
        } finally {
          value.close();
        }
        await work.pause();
      }
    }
  }

  close(): void {
    this.#tree?.close();
  }

  async #export(key: string, value: StoredValue): Promise<void> {
    const { prefix, dryRun, path } = this.#options;
    const { size, expires } = value;
    const names = pathOfKey(key.slice(prefix.length));
    if (typeof names === 'string') return this.#report.reject(key, names);
    const raw = names.map(rawName);
    const name = raw.at(-1)!;
    try {
      const folder = this.#tree?.folderOf(raw, dryRun ? undefined : 'make');
      const state = this.#tree?.compare(folder, name, size, () => piecesOfValue(value));
      if (state === 'folder') return await this.#meetObstacle(key, names, size);
      if (expires !== undefined) this.#report.expiring++;
      if (state === 'same') {
        this.#report.unchanged++;
        return;
      }
      if (dryRun) await this.#report.line(state === 'different' ? 'changed' : 'added', key, size);
      else await this.#write(folder!, name, value);
      this.#report.written++;
      this.#report.bytes += size;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code === 'ENOTDIR') return this.#meetObstacle(key, names, size);
      if (nameErrors.includes(code))
        return this.#report.reject(key, 'the file system cannot hold it');
      throw ioError(`write "${path}/${names.join('/')}"`, error);
    }
  }

  async #write(folder: HeldFolder, name: string, value: StoredValue): Promise<void> {
    const { work } = this.#parts;
    const file = this.#tree!.begin(folder, name);
    let { bytes } = this.#report;
    try {
      for (const piece of piecesOfValue(value)) {
        file.write(piece);
        bytes += piece.length;
        work.progress?.(bytes);
        await work.pause();
      }
      file.commit();
    } finally {
      file.abandon();
    }
  }

  /** Deletes files without a key, and folders that are empty then. */
  async #deleteOthers(root: HeldFolder): Promise<void> {
    const { bucket, work } = this.#parts;
    const { prefix, dryRun, path } = this.#options;
    const { listing } = this.#context.keyvalue;
    const keys = listing.listKeys(bucket, { prefix });
    const rest = () => {
      const { done, value } = keys.next();
      return done ? undefined : rawName(value.slice(prefix.length));
    };
    let next = rest();
    const whenLeft = (parent: HeldFolder, name: string) => {
      if (!dryRun) removeIfEmpty(parent, name);
    };
    try {
      for (const found of filesBelow(root, whenLeft)) {
        while (next !== undefined && next < found.path) next = rest();
        await work.pause();
        if (next === found.path || found.kind === 'deep') continue;
        if (dryRun) await this.#report.line('deleted', found.key ?? found.path);
        else unlinkSync(found.folder.at(found.name));
        this.#report.deleted++;
      }
    } catch (error) {
      throw ioError(`delete what is in "${path}"`, error);
    } finally {
      keys.return(undefined);
    }
  }

  /** Something else stands at the path of a file, or of one of its folders. */
  async #meetObstacle(key: string, names: readonly string[], size: number): Promise<void> {
    const { dryRun, mirror } = this.#options;
    const other = this.#keyInTheWay(key, names);
    if (other !== undefined) {
      const reason = `${quoted(other)} is a key as well, and no name is that of a file and a folder`;
      return this.#report.reject(key, reason);
    }
    // Without -n it would have been deleted by now.
    if (dryRun && mirror) return this.#report.line('added', key, size);
    return this.#report.reject(
      key,
      'what is in its place is no file, or a folder of its path is none',
    );
  }

  /** A key whose file is a folder of this path, or the other way round. */
  #keyInTheWay(key: string, names: readonly string[]): string | undefined {
    const { eventual, listing } = this.#context.keyvalue;
    const { bucket } = this.#parts;
    for (let depth = 1; depth < names.length; depth++) {
      const above = this.#options.prefix + names.slice(0, depth).join('/');
      if (eventual.exists(bucket, above)) return above;
    }
    const [below] = listing.listKeys(bucket, { prefix: `${key}/`, limit: 1 });
    return below;
  }
}

function removeIfEmpty(parent: HeldFolder, name: string): void {
  try {
    rmdirSync(parent.at(name));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['ENOTEMPTY', 'EEXIST'].includes(code)) throw error;
  }
}
