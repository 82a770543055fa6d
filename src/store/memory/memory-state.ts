/** The buckets of a store in memory, and the transactions that undo what was done to them. */
import { absentBucket } from '../../errors.js';
import type { Milliseconds, Version } from '../record.js';

/** Values are never changed in place, so a record that was read is its own snapshot. */
export interface MemoryRecord {
  readonly value: Uint8Array;
  readonly version: Version;
  readonly modified: Milliseconds;
}

export interface MemoryContent {
  readonly created: Milliseconds;
  readonly records: Map<string, MemoryRecord>;
}

export class MemoryState {
  buckets = new Map<string, MemoryContent>();
  /** Transactions that were committed. */
  committed = 0;
  #lastNumber = 0;
  #depth = 0;
  /** Whether a transaction within the one under way is no more than a call. */
  #isFlat = false;

  get inTransaction(): boolean {
    return this.#depth > 0;
  }

  /** The content of a bucket. Throws `no-bucket`. */
  content(name: string): MemoryContent {
    const content = this.buckets.get(name);
    if (content !== undefined) return content;
    throw absentBucket(name);
  }

  /** A number that has never been given, also where what it was given for was undone. */
  nextNumber(): number {
    return ++this.#lastNumber;
  }

  /** Sets a key to these bytes, which must never change. Throws `no-bucket`. */
  set(bucket: string, key: string, value: Uint8Array): Version {
    const { records } = this.content(bucket);
    const version = this.nextNumber();
    records.set(key, { value, version, modified: Date.now() });
    return version;
  }

  /** See `Store.transaction`. */
  transaction<T>(work: () => T): T {
    if (this.#isFlat) return work();
    const before = this.#begin();
    try {
      return this.#committed(work());
    } catch (thrown) {
      this.buckets = before;
      throw thrown;
    } finally {
      this.#depth--;
    }
  }

  /** See `Store.asyncTransaction`. */
  async asyncTransaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isFlat) return work();
    const before = this.#begin();
    try {
      return this.#committed(await work());
    } catch (thrown) {
      this.buckets = before;
      throw thrown;
    } finally {
      this.#depth--;
    }
  }

  /** See `Store.group`. */
  async group<T>(work: () => Promise<T>): Promise<T> {
    return this.inTransaction ? this.#asOne(work) : this.asyncTransaction(() => this.#asOne(work));
  }

  async #asOne<T>(work: () => Promise<T>): Promise<T> {
    const isFlat = this.#isFlat;
    this.#isFlat = true;
    try {
      return await work();
    } finally {
      this.#isFlat = isFlat;
    }
  }

  /** Enters a transaction; returns the buckets as they are before it. */
  #begin(): Map<string, MemoryContent> {
    this.#depth++;
    const copy = [...this.buckets].map(
      ([name, { created, records }]) => [name, { created, records: new Map(records) }] as const,
    );
    return new Map(copy);
  }

  #committed<T>(result: T): T {
    if (this.#depth === 1) this.committed++;
    return result;
  }
}
