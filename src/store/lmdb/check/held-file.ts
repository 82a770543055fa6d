/** The data file of a store at one moment, protected from writers where possible. */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ioError, KvError } from '../../../errors.js';
import type { Patience } from '../../patience.js';
import type { Environment } from '../environment.js';
import { checkDataFile } from '../file/data-file.js';
import { type Meta, newestMeta, readEachMeta, readMetas } from '../file/metas.js';
import { StoreFile } from '../file/store-file.js';
import { DATA_FILE } from '../layout.js';
import { openLocked } from '../locked-environment.js';
import { placesListed, type ReaderPlace } from '../readers/reader-table.js';
import type { Snapshot } from '../reads.js';

/** Bytes of a page, until the file says. */
const USUAL_PAGE_BYTES = 4096;

/** How often the meta pages are read until two readings agree. */
const ATTEMPT_LIMIT = 100;

/**
 * The data file at a path: in a store's folder, or a copy under any name. Throws `no-store`, `io`.
 */
export function dataFileAt(path: string): { readonly file: string; readonly folder?: string } {
  try {
    if (!statSync(path).isDirectory()) return { file: path };
    const file = join(path, DATA_FILE);
    statSync(file);
    return { file, folder: path };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw ioError(`read "${path}"`, error);
    throw new KvError('no-store', `cannot open store "${path}": there is none`);
  }
}

/** A store that is open, and the moment of it that is kept. */
interface Moment {
  readonly environment: Environment;
  /** Nobody reads in it, but without a reference it would go with the next collection of garbage. */
  readonly snapshot: Snapshot;
}

export class HeldFile {
  readonly file: StoreFile;
  readonly metas: readonly (Meta | KvError)[];
  /** The newer of the usable meta pages. */
  readonly meta: Meta;
  /**
   * Why writers could not be kept from the pages of this moment; absent if they are, and for a
   * damaged store or a copy.
   */
  readonly refusal: KvError | undefined;
  readonly #held: Moment | undefined;

  private constructor(file: StoreFile, held: Moment | KvError | undefined) {
    this.file = file;
    if (held instanceof KvError) this.refusal = held.code === 'damaged' ? undefined : held;
    else this.#held = held;
    this.metas = settledMetas(file);
    const [first, second] = this.metas.filter(isMeta);
    // Its error describes the file best.
    if (first === undefined) newestMeta(file, readMetas(file));
    if (first === undefined) throw this.metas[0];
    // No page of this moment is reused while an earlier one is held.
    this.meta = second && second.transaction > first.transaction ? second : first;
  }

  /** Throws `no-store`, `not-a-store`, `damaged` for a file without a usable meta page, `io`. */
  static async open(path: string, patience?: Patience): Promise<HeldFile> {
    const at = dataFileAt(path);
    const held = at.folder === undefined ? undefined : hold(at.folder, patience);
    const file = new StoreFile(at.file, USUAL_PAGE_BYTES);
    try {
      return new HeldFile(file, held);
    } catch (error) {
      file.close();
      if (!(held instanceof KvError)) await letGo(held);
      throw error;
    }
  }

  /** Whether writers leave the pages of this moment alone. */
  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  /** The slots of the reader table, this object's included; none if the moment is not held. */
  readers(): ReaderPlace[] {
    return placesListed(this.#held?.environment.main.readerList() ?? '');
  }

  /** Whether the store has been written to since. */
  hasChanged(): boolean {
    const metas = settledMetas(this.file).filter(isMeta);
    return metas.some(({ transaction }) => transaction > this.meta.transaction);
  }

  async close(): Promise<void> {
    this.file.close();
    await letGo(this.#held);
  }
}

/** The store, opened at its newest moment; or why LMDB cannot or must not open it. */
function hold(folder: string, patience?: Patience): Moment | KvError {
  try {
    checkDataFile(join(folder, DATA_FILE), 'read');
    const environment = openLocked(folder, 'read', { patience });
    return { environment, snapshot: environment.reads.keep() };
  } catch (error) {
    if (error instanceof KvError) return error;
    throw error;
  }
}

async function letGo(held: Moment | undefined): Promise<void> {
  held?.environment.reads.release(held.snapshot);
  await held?.environment.close();
}

/** The meta pages at a time when no writer was in the middle of one. */
function settledMetas(file: StoreFile): readonly (Meta | KvError)[] {
  let metas = readEachMeta(file);
  for (let attempt = 0; attempt < ATTEMPT_LIMIT; attempt++) {
    const again = readEachMeta(file);
    if (said(again) === said(metas)) return again;
    metas = again;
  }
  throw new KvError('busy', `cannot read store "${dirname(file.path)}": others write all the time`);
}

function isMeta(meta: Meta | KvError): meta is Meta {
  return !(meta instanceof KvError);
}

function said(metas: readonly (Meta | KvError)[]): string {
  return metas
    .map((meta) =>
      meta instanceof KvError
        ? meta.message
        : [meta.transaction, meta.lastPage, meta.free.toString('hex'), meta.main.toString('hex')],
    )
    .join(' ');
}
