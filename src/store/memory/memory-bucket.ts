/** A bucket in memory, looked up by its name at each call. */
import type {
  KeyRange,
  Metadata,
  Milliseconds,
  PackedRecords,
  StoredRecords,
  StoredValue,
  Version,
} from '../record.js';
import { NO_LIMITS, RecordBatch } from '../record-batch.js';
import type {
  Appended,
  BatchOptions,
  Existing,
  RecordPlace,
  Upload,
  WorkOptions,
} from '../store.js';
import { TransactionalBucket } from '../transactional-bucket.js';
import { inTurns } from '../turns.js';
import type { MemoryRecord, MemoryState } from './memory-state.js';
import { MemoryUpload } from './memory-upload.js';
import { MemoryValue, metadataOf } from './memory-value.js';
import { sorted } from './sorted.js';

export class MemoryBucket extends TransactionalBucket {
  readonly name: string;
  readonly #state: MemoryState;

  constructor(state: MemoryState, name: string) {
    super();
    this.name = name;
    this.#state = state;
  }

  get(key: string): StoredValue | undefined {
    return this.getAt({ bucket: this.name, key });
  }

  getMany(keys: readonly string[]): (StoredValue | undefined)[] {
    const { moment } = this.#state;
    return keys.map((key) => this.getAt({ bucket: this.name, key }, moment));
  }

  stat(key: string): Metadata | undefined {
    const record = this.#state.find(this.name, key);
    return record && metadataOf(record);
  }

  *records(range: KeyRange): Generator<StoredRecords> {
    const snapshot = this.#state.records(this.name);
    const keys = sorted(snapshot.keys()).filter((key) => isWithin(Buffer.from(key), range));
    for (const key of range.reverse ? keys.reverse() : keys) {
      yield recordAlone(key, snapshot.get(key)!);
    }
  }

  count(): number {
    return this.#state.records(this.name).size;
  }

  append(key: string, upload: Upload): Appended {
    const before = this.#state.find(this.name, key);
    const added = this.#contentsOf(upload);
    const value = before ? Buffer.concat([before.value, added]) : added;
    const version = this.#state.set(this.name, key, value, before?.expires);
    return { version, size: value.length };
  }

  async deleteRange(range: KeyRange, options?: WorkOptions): Promise<number> {
    return this.#state.transaction(() => inTurns(this.#deleted(range), options));
  }

  batch(spare = new RecordBatch(NO_LIMITS)): RecordBatch {
    return spare.limit(NO_LIMITS);
  }

  load(
    records: PackedRecords,
    existing: Existing,
    { signal, whenSet }: BatchOptions = {},
  ): Promise<number[]> {
    return this.#state.transaction(async () => {
      const refused: number[] = [];
      await inTurns(this.#loaded(records, existing, refused), { signal });
      whenSet?.();
      return refused;
    });
  }

  *#loaded(records: PackedRecords, existing: Existing, refused: number[]): Generator<number> {
    for (let position = 0; position < records.count; position++) {
      const [keyStart, keyEnd, valueStart, valueEnd] = records.places.subarray(4 * position);
      const key = records.bytes.toString('utf8', keyStart, keyEnd);
      if (existing !== 'overwrite' && this.#state.find(this.name, key)) {
        refused.push(position);
        if (existing === 'stop') return;
      } else {
        const value = records.bytes.subarray(valueStart, valueEnd);
        this.setBytes(key, value, records.expires?.[position] || undefined);
      }
      yield 1;
    }
  }

  protected write<T>(work: () => T): T {
    return work();
  }

  protected transaction<T>(work: () => T): T {
    return this.#state.transactionSync(work);
  }

  protected get moment(): Milliseconds {
    return this.#state.moment;
  }

  protected setUpload(key: string, upload: Upload, expires?: Milliseconds): Version {
    return this.#state.set(this.name, key, this.#contentsOf(upload), expires);
  }

  protected setBytes(key: string, bytes: Uint8Array, expires?: Milliseconds): Version {
    return this.#state.set(this.name, key, new Uint8Array(bytes), expires);
  }

  protected remove(key: string): boolean {
    const isThere = this.#state.find(this.name, key) !== undefined;
    return this.#state.content(this.name).records.delete(key) && isThere;
  }

  protected share(key: string, target: RecordPlace, expires?: Milliseconds): Version {
    const { value } = this.#state.content(this.name).records.get(key)!;
    return this.#state.set(target.bucket, target.key, value, expires);
  }

  protected getAt({ bucket, key }: RecordPlace, moment?: Milliseconds): StoredValue | undefined {
    const record = this.#state.find(bucket, key, moment);
    return record && new MemoryValue(record);
  }

  #contentsOf(upload: Upload): Uint8Array {
    const isOwn = upload instanceof MemoryUpload && upload.isOf(this.#state);
    if (!isOwn) throw new Error('an upload is of another store');
    return upload.contents();
  }

  *#deleted(range: KeyRange): Generator<number> {
    for (const records of this.records(range)) {
      this.remove(records.key(0));
      yield records.count;
    }
  }
}

function recordAlone(key: string, record: MemoryRecord): StoredRecords {
  const keyBytes = Buffer.from(key);
  const bytes = Buffer.concat([keyBytes, record.value]);
  return {
    count: 1,
    bytes,
    places: Int32Array.of(0, keyBytes.length, keyBytes.length, bytes.length),
    mayExpire: record.expires !== undefined,
    key: () => key,
    expires: () => record.expires,
    entry: () => ({ key, ...metadataOf(record) }),
    value: () => new MemoryValue(record),
  };
}

export function isWithin(key: Buffer, { lower, upper }: KeyRange): boolean {
  if (lower && Buffer.compare(key, lower) < 0) return false;
  return !upper || Buffer.compare(key, upper) < 0;
}
