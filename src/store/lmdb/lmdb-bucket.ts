/** A bucket: a named database, looked up by its name at each call. */
import type { Condition, Unmet } from '../condition.js';
import type {
  KeyRange,
  Metadata,
  Milliseconds,
  PackedRecords,
  StoredRecords,
  StoredValue,
  Version,
} from '../record.js';
import { RecordBatch } from '../record-batch.js';
import type {
  Appended,
  BatchOptions,
  Existing,
  RecordPlace,
  Upload,
  WorkOptions,
  Write,
} from '../store.js';
import { TransactionalBucket } from '../transactional-bucket.js';
import { inTurns } from '../turns.js';
import { appendTo } from './append.js';
import { batchLimits, loadRecords } from './bucket-load.js';
import type { Db } from './database.js';
import { LmdbUpload } from './lmdb-upload.js';
import type { Parts } from './parts.js';
import { listRecords } from './record-pages.js';
import {
  countRecords,
  metadataOf,
  type ReadView,
  readHeader,
  readValue,
  removeRecord,
  setRecord,
  shareRecord,
} from './records.js';
import { clearRecords, deleteRecords, isWithin } from './whole-buckets.js';

export class LmdbBucket extends TransactionalBucket {
  readonly name: string;
  readonly #parts: Parts;

  constructor(parts: Parts, name: string) {
    super();
    this.name = name;
    this.#parts = parts;
  }

  get(key: string): StoredValue | undefined {
    const value = readValue(this.#parts, this.#db, Buffer.from(key), this.#now);
    return value?.kind === 'chunked' ? this.#lasting([key], [value])[0] : value;
  }

  getMany(keys: readonly string[]): (StoredValue | undefined)[] {
    const db = this.#db;
    const now = this.#now;
    return this.#lasting(
      keys,
      keys.map((key) => readValue(this.#parts, db, Buffer.from(key), now)),
    );
  }

  stat(key: string): Metadata | undefined {
    const header = readHeader(this.#parts, this.#db, Buffer.from(key), this.#now);
    return header && metadataOf(header);
  }

  records(range: KeyRange): IterableIterator<StoredRecords> {
    return listRecords(this.#parts, this.name, range, this.moment);
  }

  count(): number {
    return countRecords(this.#parts, this.#db, this.moment);
  }

  append(key: string, upload: Upload): Appended {
    return appendTo(this.#parts, this, key, this.#own(upload));
  }

  override delete(key: string, condition?: Condition): boolean | Unmet {
    return this.#deleting(() => super.delete(key, condition));
  }

  override writeMany(writes: Iterable<Write>): number {
    const write = () => super.writeMany(writes);
    const deletes = Array.isArray(writes) && writes.every(({ kind }) => kind === 'delete');
    return deletes ? this.#deleting(write) : write();
  }

  async deleteRange(range: KeyRange, options: WorkOptions = {}): Promise<number> {
    return this.#deleting(() => this.#deleteRange(range, options));
  }

  async #deleteRange(range: KeyRange, options: WorkOptions): Promise<number> {
    const { environment, transactions } = this.#parts;
    const source = { bucket: this.name, isUntouched: !environment.inTransaction };
    return transactions.runAsync(async () => {
      const db = this.#db;
      if (!isWithin(db, range)) {
        return inTurns(deleteRecords(this.#parts, source, range), options);
      }
      const count = countRecords(this.#parts, db, this.moment);
      await inTurns(clearRecords(this.#parts, source), options);
      return count;
    }, options.signal);
  }

  batch(spare?: RecordBatch): RecordBatch {
    const db = this.#db;
    const { environment } = this.#parts;
    const limits = environment.reads.run(() => batchLimits(db, environment.path));
    return spare?.limit(limits) ?? new RecordBatch(limits);
  }

  load(
    records: PackedRecords,
    existing: Existing,
    { signal, whenSet }: BatchOptions = {},
  ): Promise<number[]> {
    return this.#parts.transactions.runInBackground(async () => {
      const refused: number[] = [];
      await inTurns(loadRecords(this.#parts, this.#db, records, existing, refused), { signal });
      whenSet?.();
      return refused.sort((a, b) => a - b);
    }, signal);
  }

  protected write<T>(work: () => T): T {
    return this.#parts.transactions.write(work);
  }

  protected transaction<T>(work: () => T): T {
    return this.#parts.transactions.run(work);
  }

  protected get moment(): Milliseconds {
    return this.#parts.environment.writes.moment;
  }

  protected setUpload(key: string, upload: Upload, expires?: Milliseconds): Version {
    const contents = this.#own(upload).contents();
    return setRecord(this.#parts, this.#db, Buffer.from(key), contents, expires);
  }

  protected setBytes(key: string, bytes: Uint8Array, expires?: Milliseconds): Version {
    return setRecord(this.#parts, this.#db, Buffer.from(key), bytes, expires);
  }

  protected remove(key: string): boolean {
    return removeRecord(this.#parts, this.#db, Buffer.from(key));
  }

  protected share(key: string, target: RecordPlace, expires?: Milliseconds): Version {
    const db = this.#parts.catalogue.databaseOf(target.bucket);
    const into = { db, key: Buffer.from(target.key) };
    return shareRecord(this.#parts, this.#db, Buffer.from(key), into, expires);
  }

  protected getAt({ bucket, key }: RecordPlace): StoredValue | undefined {
    const db = this.#parts.catalogue.databaseOf(bucket);
    return readValue(this.#parts, db, Buffer.from(key), this.#now);
  }

  /**
   * The values; those in chunks keep their state, for which writes that share a transaction are
   * committed first.
   */
  #lasting(
    keys: readonly string[],
    values: readonly (StoredValue | undefined)[],
  ): (StoredValue | undefined)[] {
    const isLasting = values.some((value) => value?.kind === 'chunked');
    if (!isLasting || !this.#parts.transactions.settle()) return [...values];
    for (const value of values) value?.close();
    return this.getMany(keys);
  }

  #own(upload: Upload): LmdbUpload {
    const isOwn = upload instanceof LmdbUpload && upload.isOf(this.#parts);
    if (!isOwn) throw new Error('an upload is of another store');
    return upload;
  }

  #deleting<T>(work: () => T): T {
    return this.#parts.environment.writes.deleting(work);
  }

  get #now(): ReadView {
    return { moment: this.moment };
  }

  /** Looked up at each call; the reads that follow see that state. */
  get #db(): Db {
    return this.#parts.catalogue.databaseOf(this.name);
  }
}
