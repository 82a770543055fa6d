/** A new store that is filled with records and chunks unchanged; it appears when it is complete. */
import { lstatSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ioError, KvError } from '../../../errors.js';
import type { Db } from '../database.js';
import { Environment } from '../environment.js';
import { ExpiryIndex } from '../expiry-index.js';
import { flush } from '../flush.js';
import { keepBucket, keepEntries, keepSequence } from '../kept-contents.js';
import { bucketIdOf } from '../layout.js';
import { byItsPath } from '../lmdb-error.js';
import { makeFolder } from '../make-folder.js';
import { openStore } from '../open-store.js';
import { decodeHeader } from '../record-layout.js';

export class NewStore {
  readonly #path: string;
  readonly #making: string;
  readonly #environment: Environment;
  readonly #expiry: ExpiryIndex;
  #isOpen = true;

  private constructor(path: string, making: string) {
    this.#path = path;
    this.#making = making;
    this.#environment = new Environment(making, false, { madeFor: path });
    this.#expiry = new ExpiryIndex(this.#environment);
  }

  /** Throws `not-a-store` if something is at the path, and errors of making a store. */
  static async make(path: string): Promise<NewStore> {
    mustBeFree(path);
    const full = resolve(path);
    const making = makingFolder(full);
    try {
      await (await openStore(making, 'write'))!.close();
      return new NewStore(full, making);
    } catch (error) {
      rmSync(making, { recursive: true, force: true });
      throw byItsPath(error, making, full);
    }
  }

  /** The error of making it, with the path where it was to appear. */
  failure(error: unknown): unknown {
    return byItsPath(error, this.#making, this.#path);
  }

  createBucket(id: number, name: string, created: number): void {
    keepBucket(this.#environment, { id, name, created });
  }

  /**
   * Writes entries, many in a transaction. Yields the number written. Of two records with one key
   * the later version stays, where the second may be older.
   */
  fill(name: string, entries: Iterable<NewEntry>): Generator<number> {
    return keepEntries(this.#environment, name, entries, (db, entry) => this.#put(db, entry));
  }

  /** The number of entries. */
  count(name: string): number {
    const db = this.#environment.databases.get(name);
    this.#environment.refresh();
    return this.#environment.databases.sizeOf(db).entries;
  }

  /** The entries written, in the order of the keys. */
  *data(name: string): Generator<Buffer> {
    const db = this.#environment.databases.get(name);
    this.#environment.refresh();
    for (const { value } of db.getRange({})) yield value;
  }

  setSequence(sequence: number): void {
    keepSequence(this.#environment, sequence);
  }

  /** Makes it appear at its path. */
  async publish(): Promise<void> {
    await this.#close();
    mustBeFree(this.#path);
    try {
      renameSync(this.#making, this.#path);
      flush(dirname(this.#path));
    } catch (error) {
      throw ioError(`make store "${this.#path}"`, error);
    }
  }

  /** Removes everything of it. */
  async abandon(): Promise<void> {
    await this.#close();
    rmSync(this.#making, { recursive: true, force: true });
  }

  async #close(): Promise<void> {
    if (this.#isOpen) await this.#environment.close();
    this.#isOpen = false;
  }

  /** Returns its bytes. */
  #put(db: Db, { key, data, mayBeOlder }: NewEntry): number {
    this.#environment.willWrite(data.length);
    const bucketId = bucketIdOf(db.name);
    const header = bucketId === undefined ? undefined : decodeHeader(data);
    const found = mayBeOlder ? this.#environment.reads.get(db, key) : undefined;
    const old = found && decodeHeader(found.bytes, found.length);
    if (old && header && old.version >= header.version) return data.length;
    db.putSync(key, data);
    if (old) this.#expiry.remove(old);
    if (header) this.#expiry.add(header, bucketId!, key);
    return data.length;
  }
}

export interface NewEntry {
  readonly key: Buffer;
  readonly data: Buffer;
  /** Whether a later version of the key may have been written already. */
  readonly mayBeOlder?: boolean;
}

function mustBeFree(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  throw new KvError('not-a-store', `cannot make store "${path}": there is something already`);
}

function makingFolder(path: string): string {
  try {
    makeFolder(dirname(path));
    return mkdtempSync(join(dirname(path), `.${basename(path)}.making-`));
  } catch (error) {
    throw ioError(`make store "${path}"`, error);
  }
}
