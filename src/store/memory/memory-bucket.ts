/** One bucket in memory, found again by its name at each call. */
import type {
  KeyRange,
  Metadata,
  PackedRecords,
  StoredRecords,
  StoredValue,
  Version,
} from '../record.js';
import { NO_LIMITS, RecordBatch } from '../record-batch.js';
import type { BatchOptions, Existing, RecordPlace, Upload, WorkOptions } from '../store.js';
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
    const record = this.#records.get(key);
    return record && new MemoryValue(record);
  }

  getMany(keys: readonly string[]): (StoredValue | undefined)[] {
    const records = this.#records;
    return keys.map((key) => {
      const record = records.get(key);
      return record && new MemoryValue(record);
    });
  }

  stat(key: string): Metadata | undefined {
    const record = this.#records.get(key);
    return record && metadataOf(record);
  }

  *records(range: KeyRange): Generator<StoredRecords> {
    const snapshot = new Map(this.#records);
    const keys = sorted(snapshot.keys()).filter((key) => isWithin(Buffer.from(key), range));
    for (const key of range.reverse ? keys.reverse() : keys) {
      yield recordAlone(key, snapshot.get(key)!);
    }
  }

  count(): number {
    return this.#records.size;
  }

  async deleteRange(range: KeyRange, options?: WorkOptions): Promise<number> {
    return this.#state.asyncTransaction(() => inTurns(this.#deleted(range), options));
  }

  batch(spare = new RecordBatch(NO_LIMITS)): RecordBatch {
    return spare.limit(NO_LIMITS);
  }

  load(
    records: PackedRecords,
    existing: Existing,
    { signal, whenSet }: BatchOptions = {},
  ): Promise<number[]> {
    return this.#state.asyncTransaction(async () => {
      const refused: number[] = [];
      await inTurns(this.#loaded(records, existing, refused), { signal });
      whenSet?.();
      return refused;
    });
  }

  *#loaded(records: PackedRecords, existing: Existing, refused: number[]): Generator<number> {
    const content = this.#records;
    for (let position = 0; position < records.count; position++) {
      const [keyStart, keyEnd, valueStart, valueEnd] = records.places.subarray(4 * position);
      const key = records.bytes.toString('utf8', keyStart, keyEnd);
      if (existing !== 'overwrite' && content.has(key)) {
        refused.push(position);
        if (existing === 'stop') return;
      } else this.setBytes(key, records.bytes.subarray(valueStart, valueEnd));
      yield 1;
    }
  }

  protected write<T>(work: () => T): T {
    return work();
  }

  protected transaction<T>(work: () => T): T {
    return this.#state.transaction(work);
  }

  protected setUpload(key: string, upload: Upload): Version {
    const isOwn = upload instanceof MemoryUpload && upload.isOf(this.#state);
    if (!isOwn) throw new Error('an upload is of another store');
    return this.#state.set(this.name, key, upload.contents());
  }

  protected setBytes(key: string, bytes: Uint8Array): Version {
    return this.#state.set(this.name, key, new Uint8Array(bytes));
  }

  protected remove(key: string): boolean {
    return this.#records.delete(key);
  }

  protected share(key: string, target: string, targetKey: string): Version {
    return this.#state.set(target, targetKey, this.#records.get(key)!.value);
  }

  protected statAt({ bucket, key }: RecordPlace): Metadata | undefined {
    const record = this.#state.content(bucket).records.get(key);
    return record && metadataOf(record);
  }

  *#deleted(range: KeyRange): Generator<number> {
    for (const records of this.records(range)) {
      this.remove(records.key(0));
      yield records.count;
    }
  }

  get #records(): Map<string, MemoryRecord> {
    return this.#state.content(this.name).records;
  }
}

function recordAlone(key: string, record: MemoryRecord): StoredRecords {
  const keyBytes = Buffer.from(key);
  const bytes = Buffer.concat([keyBytes, record.value]);
  return {
    count: 1,
    bytes,
    places: Int32Array.of(0, keyBytes.length, keyBytes.length, bytes.length),
    key: () => key,
    entry: () => ({ key, ...metadataOf(record) }),
    value: () => new MemoryValue(record),
  };
}

function isWithin(key: Buffer, { lower, upper }: KeyRange): boolean {
  if (lower && Buffer.compare(key, lower) < 0) return false;
  return !upper || Buffer.compare(key, upper) < 0;
}
