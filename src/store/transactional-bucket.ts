/**
 * The operations of a bucket, built from a transaction: for stores that can run code in one. A
 * subclass provides reads, and writes of one record; what combines several is here.
 */
import { type Condition, type Unmet, unmet } from './condition.js';
import { decodeCounter, encodeCounter, incremented } from './counter.js';
import {
  isExpired,
  type KeyRange,
  type Metadata,
  type Milliseconds,
  type PackedRecords,
  type StoredRecords,
  type StoredValue,
  type Version,
} from './record.js';
import type { RecordBatch } from './record-batch.js';
import type {
  Appended,
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
  abstract append(key: string, upload: Upload): Appended;
  abstract deleteRange(range: KeyRange, options?: WorkOptions): Promise<number>;
  abstract batch(spare?: RecordBatch): RecordBatch;
  abstract load(
    records: PackedRecords,
    existing: Existing,
    options?: BatchOptions,
  ): Promise<number[]>;

  /** Runs `work` in the transaction under way, or in one of its own. */
  protected abstract write<T>(work: () => T): T;
  /** Runs `work` in a transaction of its own, which may be nested: an error undoes its writes. */
  protected abstract transaction<T>(work: () => T): T;
  /** Within `write`: the moment that decides what has expired, the same for all of it. */
  protected abstract get moment(): Milliseconds;
  /** Within `write`: sets a key to an upload. */
  protected abstract setUpload(key: string, upload: Upload, expires?: Milliseconds): Version;
  /** Within `write`: sets a key to a short value. */
  protected abstract setBytes(key: string, bytes: Uint8Array, expires?: Milliseconds): Version;
  /** Within `write`: deletes a key, and returns whether it existed. */
  protected abstract remove(key: string): boolean;
  /** Within `write`: sets the target to the value of an existing key. */
  protected abstract share(key: string, target: RecordPlace, expires?: Milliseconds): Version;
  /** Within `write`: the value at a place in any bucket of the store. */
  protected abstract getAt(place: RecordPlace): StoredValue | undefined;

  put(key: string, upload: Upload, { condition, expires }: PutOptions = {}): Version | Unmet {
    const place = { bucket: this.name, key };
    return this.write(() => {
      const refusal = this.#refusal(place, condition);
      if (refusal) return refusal;
      const until = expires === 'kept' ? this.stat(key)?.expires : expires;
      const version = this.setUpload(key, upload, until);
      this.#removeIfExpired(key, until);
      return version;
    });
  }

  delete(key: string, condition?: Condition): boolean | Unmet {
    const place = { bucket: this.name, key };
    return this.write(() => this.#refusal(place, condition) ?? this.remove(key));
  }

  expire(key: string, expires: Milliseconds | undefined): boolean {
    return this.write(() => {
      if (this.stat(key) === undefined) return false;
      this.share(key, { bucket: this.name, key }, expires);
      this.#removeIfExpired(key, expires);
      return true;
    });
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

  increment(key: string, delta: bigint, limit?: bigint): bigint {
    return this.write(() => {
      const { sum, expires } = withValue(this.get(key), (value) => ({
        sum: incremented(key, value, delta, limit),
        expires: value?.expires,
      }));
      this.setBytes(key, encodeCounter(sum), expires);
      return sum;
    });
  }

  compareAndSwap(key: string, old: bigint, desired: bigint): boolean {
    return this.write(() => {
      const current = withValue(
        this.get(key),
        (value) => value && { counter: decodeCounter(value), expires: value.expires },
      );
      if (current?.counter !== old) return false;
      this.setBytes(key, encodeCounter(desired), current.expires);
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
    const refusal = this.#refusal(target, condition);
    if (refusal) return refusal;
    return this.#isAt(key, target) ? source.version : this.share(key, target, source.expires);
  }

  /** A record that expires before it is written is deleted. */
  #removeIfExpired(key: string, expires: Milliseconds | undefined): void {
    if (isExpired({ expires }, this.moment)) this.remove(key);
  }

  #isAt(key: string, { bucket, key: targetKey }: RecordPlace): boolean {
    return bucket === this.name && key === targetKey;
  }

  #refusal(place: RecordPlace, condition: Condition | undefined): Unmet | undefined {
    return condition && withValue(this.getAt(place), (value) => unmet(condition, value));
  }
}

function withValue<T>(
  value: StoredValue | undefined,
  read: (value: StoredValue | undefined) => T,
): T {
  try {
    return read(value);
  } finally {
    value?.close();
  }
}
