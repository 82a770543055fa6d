/** One bucket: a named database, found again by its name at each call. */
import type {
  KeyRange,
  Metadata,
  PackedRecords,
  StoredRecords,
  StoredValue,
  Version,
} from '../record.js';
import { RecordBatch } from '../record-batch.js';
import type { BatchOptions, Existing, RecordPlace, Upload, WorkOptions } from '../store.js';
import { TransactionalBucket } from '../transactional-bucket.js';
import { inTurns } from '../turns.js';
import { batchLimits, loadRecords } from './bucket-load.js';
import { type Db, statsOf } from './database.js';
import { LmdbUpload } from './lmdb-upload.js';
import type { Parts } from './parts.js';
import { listRecords } from './record-pages.js';
import {
  metadataOf,
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
    return readValue(this.#parts, this.#db, Buffer.from(key));
  }

  getMany(keys: readonly string[]): (StoredValue | undefined)[] {
    const db = this.#db;
    return keys.map((key) => readValue(this.#parts, db, Buffer.from(key)));
  }

  stat(key: string): Metadata | undefined {
    const header = readHeader(this.#parts, this.#db, Buffer.from(key));
    return header && metadataOf(header);
  }

  records(range: KeyRange): IterableIterator<StoredRecords> {
    return listRecords(this.#parts, this.name, range);
  }

  count(): number {
    const db = this.#db;
    return this.#parts.environment.reading(() => statsOf(db).entryCount);
  }

  async deleteRange(range: KeyRange, options: WorkOptions = {}): Promise<number> {
    const { environment, transactions } = this.#parts;
    const source = { bucket: this.name, isUntouched: !environment.inTransaction };
    return transactions.runAsync(async () => {
      const db = this.#db;
      if (!isWithin(db, range)) {
        return inTurns(deleteRecords(this.#parts, source, range), options);
      }
      const count = statsOf(db).entryCount;
      await inTurns(clearRecords(this.#parts, source), options);
      return count;
    }, options.signal);
  }

  batch(spare?: RecordBatch): RecordBatch {
    const db = this.#db;
    const limits = this.#parts.environment.reading(() => batchLimits(db));
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

  protected setUpload(key: string, upload: Upload): Version {
    const isOwn = upload instanceof LmdbUpload && upload.isOf(this.#parts);
    if (!isOwn) throw new Error('an upload is of another store');
    return setRecord(this.#parts, this.#db, Buffer.from(key), upload.contents());
  }

  protected setBytes(key: string, bytes: Uint8Array): Version {
    return setRecord(this.#parts, this.#db, Buffer.from(key), bytes);
  }

  protected remove(key: string): boolean {
    return removeRecord(this.#parts, this.#db, Buffer.from(key));
  }

  protected share(key: string, target: string, targetKey: string): Version {
    const targetDb = this.#parts.catalogue.databaseOf(target);
    return shareRecord(this.#parts, this.#db, Buffer.from(key), targetDb, Buffer.from(targetKey));
  }

  protected statAt({ bucket, key }: RecordPlace): Metadata | undefined {
    const db = this.#parts.catalogue.databaseOf(bucket);
    const header = readHeader(this.#parts, db, Buffer.from(key));
    return header && metadataOf(header);
  }

  /** Looked up at each call; the reads that follow see that moment. */
  get #db(): Db {
    return this.#parts.catalogue.databaseOf(this.name);
  }
}
