/** The buckets of a store in memory, and transactions that can be rolled back. */
import { absentBucket } from '../../errors.js';
import { NestedTransactions } from '../nested-transactions.js';
import { isExpired, type Milliseconds, type Version } from '../record.js';

/** Values are never changed in place, so a record that was read is its own snapshot. */
export interface MemoryRecord {
  readonly value: Uint8Array;
  readonly version: Version;
  readonly modified: Milliseconds;
  readonly expires: Milliseconds | undefined;
}

export interface MemoryContent {
  readonly created: Milliseconds;
  readonly records: Map<string, MemoryRecord>;
}

export class MemoryState extends NestedTransactions<Map<string, MemoryContent>> {
  buckets = new Map<string, MemoryContent>();
  /** The number of committed transactions. */
  committed = 0;
  #lastNumber = 0;

  /** The content of a bucket. Throws `no-bucket`. */
  content(name: string): MemoryContent {
    const content = this.buckets.get(name);
    if (content !== undefined) return content;
    throw absentBucket(name);
  }

  /** A number that is never issued twice, even if a transaction was rolled back. */
  nextNumber(): number {
    return ++this.#lastNumber;
  }

  /** Sets a key to these bytes, which must never change. Throws `no-bucket`. */
  set(bucket: string, key: string, value: Uint8Array, expires?: Milliseconds): Version {
    const { records } = this.content(bucket);
    const version = this.nextNumber();
    records.set(key, { value, version, modified: Date.now(), expires });
    return version;
  }

  /** The records of a bucket that have not expired. Throws `no-bucket`. */
  records(bucket: string): Map<string, MemoryRecord> {
    const { moment } = this;
    const { records } = this.content(bucket);
    return new Map([...records].filter(([, record]) => !isExpired(record, moment)));
  }

  /** The record of a key, unless it has expired. Throws `no-bucket`. */
  find(bucket: string, key: string, moment = this.moment): MemoryRecord | undefined {
    const record = this.content(bucket).records.get(key);
    return record && !isExpired(record, moment) ? record : undefined;
  }

  async writersDone(): Promise<void> {}

  /** Returns the buckets as they are before a transaction. */
  protected begin(): Map<string, MemoryContent> {
    const copy = [...this.buckets].map(
      ([name, { created, records }]) => [name, { created, records: new Map(records) }] as const,
    );
    return new Map(copy);
  }

  protected run<T>(work: () => T): T {
    return this.#committed(work());
  }

  protected async runAsync<T>(work: () => Promise<T>): Promise<T> {
    return this.#committed(await work());
  }

  protected rolledBack(before: Map<string, MemoryContent>, thrown: unknown): unknown {
    this.buckets = before;
    return thrown;
  }

  protected ended(): void {}

  #committed<T>(result: T): T {
    if (this.isOutermost) this.committed++;
    return result;
  }
}
