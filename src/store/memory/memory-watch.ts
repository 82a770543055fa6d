/** Watches a bucket in memory: its records are compared with those at the last look. */
import { KvError } from '../../errors.js';
import { isExpired, type KeyRange, type Milliseconds, type StoredValue } from '../record.js';
import type { Change, RecordChange, StoreWatch, WatchOptions } from '../watch.js';
import { isWithin } from './memory-bucket.js';
import type { MemoryRecord, MemoryState } from './memory-state.js';
import { MemoryValue, metadataOf } from './memory-value.js';
import { sorted } from './sorted.js';

export class MemoryWatch implements StoreWatch {
  readonly #state: MemoryState;
  readonly #bucket: string;
  readonly #range: KeyRange;
  #reported: ReadonlyMap<string, MemoryRecord>;
  /** Whether nothing has been reported yet, not even the existing records. */
  #isBeginning: boolean;
  #moment: Milliseconds = 0;

  /** Throws `usage` within a transaction. */
  constructor(state: MemoryState, bucket: string, { range, from }: WatchOptions) {
    if (state.inTransaction) {
      throw new KvError('usage', `cannot watch bucket "${bucket}": a transaction is under way`);
    }
    this.#state = state;
    this.#bucket = bucket;
    this.#range = range;
    this.#isBeginning = from === 'beginning';
    this.#reported = this.#isBeginning ? new Map() : this.#records();
  }

  /** Only a comparison can tell. */
  isDue(): boolean {
    return true;
  }

  *changes(): Generator<readonly Change[]> {
    const before = this.#reported;
    const now = this.#records();
    this.#reported = now;
    const gone = [...before].filter(([key]) => !now.has(key));
    const set = [...now].filter(([key, { version }]) => before.get(key)?.version !== version);
    if (!this.#isBeginning) set.sort(([, one], [, other]) => one.version - other.version);
    this.#isBeginning = false;
    yield [
      ...gone.map(([key, record]) => this.#goneChange(key, record)),
      ...set.map(([key, record]) => ({ ...changeOf(key, record), kind: 'set' as const })),
    ];
  }

  value({ entry: { key, version } }: RecordChange): StoredValue | undefined {
    const record = this.#state.buckets.get(this.#bucket)?.records.get(key);
    return record?.version === version ? new MemoryValue(record) : undefined;
  }

  /** It holds nothing of the store. */
  letGo(): void {}

  close(): void {
    this.#reported = new Map();
  }

  #goneChange(key: string, before: MemoryRecord): RecordChange {
    const record = this.#state.buckets.get(this.#bucket)?.records.get(key) ?? before;
    const { expires } = record;
    if (expires === undefined || !isExpired({ expires }, this.#moment)) {
      return { ...changeOf(key, before), kind: 'delete', time: this.#moment };
    }
    return { ...changeOf(key, record), kind: 'expire', time: expires };
  }

  /** The existing records, in the order of their keys. */
  #records(): Map<string, MemoryRecord> {
    this.#moment = this.#state.moment;
    if (!this.#state.buckets.has(this.#bucket)) return new Map();
    const records = this.#state.records(this.#bucket);
    const keys = sorted(records.keys()).filter((key) => isWithin(Buffer.from(key), this.#range));
    return new Map(keys.map((key) => [key, records.get(key)!]));
  }
}

function changeOf(key: string, record: MemoryRecord) {
  return { entry: { key, ...metadataOf(record) }, time: record.modified };
}
