/**
 * The operations of a bucket, built from a transaction: for stores that can run code in one. They
 * give reads, and writes of one record; what holds of several of those is said here, once.
 */
import { type Condition, type Unmet, unmet } from './condition.js';
import { decodeCounter, encodeCounter, incremented } from './counter.js';
import type {
  KeyRange,
  Metadata,
  PackedRecords,
  StoredRecords,
  StoredValue,
  Version,
} from './record.js';
import type { RecordBatch } from './record-batch.js';
import type {
  BatchOptions,
  Existing,
  PutOptions,
  RecordPlace,
  StoreBucket,
  Upload,
  WorkOptions,
  Write,
} from './store.js';

export abstract class TransactionalBucket implements StoreBucket {
  abstract readonly name: string;
  abstract get(key: string): StoredValue | undefined;
  abstract getMany(keys: readonly string[]): (StoredValue | undefined)[];
  abstract stat(key: string): Metadata | undefined;
  abstract records(range: KeyRange): IterableIterator<StoredRecords>;
  abstract count(): number;
  abstract deleteRange(range: KeyRange, options?: WorkOptions): Promise<number>;
  abstract batch(spare?: RecordBatch): RecordBatch;
  abstract load(
    records: PackedRecords,
    existing: Existing,
    options?: BatchOptions,
  ): Promise<number[]>;

  /** Runs `work` in the transaction under way, or in one of its own. */
  protected abstract write<T>(work: () => T): T;
  /** The same in one of its own, which may be nested: what it throws undoes its writes. */
  protected abstract transaction<T>(work: () => T): T;
  /** Within `write`: sets a key to what was uploaded. */
  protected abstract setUpload(key: string, upload: Upload): Version;
  /** Within `write`: sets a key to a short value. */
  protected abstract setBytes(key: string, bytes: Uint8Array): Version;
  /** Within `write`: deletes a key, and returns whether it was there. */
  protected abstract remove(key: string): boolean;
  /** Within `write`: makes `targetKey` of `target` hold the value of a key that is there. */
  protected abstract share(key: string, target: string, targetKey: string): Version;
  /** Within `write`: what is known of a record of any bucket of the store. */
  protected abstract statAt(place: RecordPlace): Metadata | undefined;

  put(key: string, upload: Upload, { condition }: PutOptions = {}): Version | Unmet {
    return this.write(() => this.#refusal(key, condition) ?? this.setUpload(key, upload));
  }

  delete(key: string, condition?: Condition): boolean | Unmet {
    return this.write(() => this.#refusal(key, condition) ?? this.remove(key));
  }

  copy(key: string, target: RecordPlace, condition?: Condition): Version | Unmet | undefined {
    return this.write(() => this.#transfer(key, target, condition));
  }

  move(key: string, target: RecordPlace, condition?: Condition): Version | Unmet | undefined {
    return this.write(() => {
      const version = this.#transfer(key, target, condition);
      if (typeof version === 'number' && !this.#isAt(key, target)) this.remove(key);
      return version;
    });
  }

  increment(key: string, delta: bigint): bigint {
    return this.write(() => {
      const sum = this.#withValue(key, (value) => incremented(key, value, delta));
      this.setBytes(key, encodeCounter(sum));
      return sum;
    });
  }

  compareAndSwap(key: string, old: bigint, desired: bigint): boolean {
    return this.write(() => {
      const current = this.#withValue(key, (value) => value && decodeCounter(value));
      if (current !== old) return false;
      this.setBytes(key, encodeCounter(desired));
      return true;
    });
  }

  writeMany(writes: Iterable<Write>): number {
    return this.transaction(() => {
      let made = 0;
      for (const write of writes) if (this.#make(write)) made++;
      return made;
    });
  }

  #make(write: Write): boolean {
    switch (write.kind) {
      case 'put':
        this.setUpload(write.key, write.upload);
        return true;
      case 'delete':
        return this.remove(write.key);
      default:
        return write satisfies never;
    }
  }

  #transfer(key: string, target: RecordPlace, condition?: Condition): Version | Unmet | undefined {
    const source = this.stat(key);
    if (source === undefined) return undefined;
    const refusal = condition && unmet(condition, this.statAt(target));
    if (refusal) return refusal;
    return this.#isAt(key, target) ? source.version : this.share(key, target.bucket, target.key);
  }

  #isAt(key: string, { bucket, key: targetKey }: RecordPlace): boolean {
    return bucket === this.name && key === targetKey;
  }

  #refusal(key: string, condition: Condition | undefined): Unmet | undefined {
    return condition && unmet(condition, this.stat(key));
  }

  #withValue<T>(key: string, read: (value: StoredValue | undefined) => T): T {
    const value = this.get(key);
    try {
      return read(value);
    } finally {
      value?.close();
    }
  }
}
