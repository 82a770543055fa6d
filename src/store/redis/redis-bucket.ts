/** One bucket of a store on Redis. Each operation on one key is one script on its shard. */
import { type Condition, Unmet } from '../condition.js';
import { COUNTER_LIMIT, incremented } from '../counter.js';
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
  PutOptions,
  RecordPlace,
  StoreBucket,
  Upload,
  WorkOptions,
  Write,
} from '../store.js';
import { inTurns } from '../turns.js';
import { type BulkWrites, bulkWrites } from './bulk-writes.js';
import { deletedFrom } from './deletions.js';
import { metadataOf, readHeader } from './layout.js';
import { loaded } from './loads.js';
import { put } from './put.js';
import { KEYS_OF_CALL, lookUp } from './record-lookup.js';
import { recordsOf } from './redis-records.js';
import { RedisUpload } from './redis-upload.js';
import { toldValue, valueOf } from './redis-value.js';
import { refusalOf, wordsOf, writeWhere } from './script-conditions.js';
import { everyShard, type ScriptAnswer, type ShardCalls } from './shard-calls.js';
import { copied, moved, type Transfer } from './transfers.js';
import type { ScriptName } from './wire/scripts.js';

export class RedisBucket implements StoreBucket {
  readonly name: string;
  readonly #calls: ShardCalls;
  readonly #upload: () => RedisUpload;

  /** `upload` begins an upload that only this thread knows. */
  constructor(calls: ShardCalls, name: string, upload: () => RedisUpload) {
    this.name = name;
    this.#calls = calls;
    this.#upload = upload;
  }

  get(key: string): StoredValue | undefined {
    return this.getMany([key])[0];
  }

  getMany(keys: readonly string[]): (StoredValue | undefined)[] {
    const values: (StoredValue | undefined)[] = [];
    for (let start = 0; start < keys.length || start === 0; start += KEYS_OF_CALL) {
      const some = keys.slice(start, start + KEYS_OF_CALL);
      const { entry, records } = lookUp(this.#calls, this.name, some, 'whole');
      for (const [at, record] of records.entries()) {
        const key = some[at]!;
        const shard = this.#calls.shardOfKey(entry, key);
        values.push(record && valueOf(record, { bridge: this.#calls.bridge, shard, key }));
      }
    }
    return values;
  }

  stat(key: string): Metadata | undefined {
    const [record] = lookUp(this.#calls, this.name, [key], 'header').records;
    return record && metadataOf(readHeader(record));
  }

  records(range: KeyRange): IterableIterator<StoredRecords> {
    return recordsOf(this.#calls, this.name, range, (key) => this.get(key));
  }

  count(): number {
    const answer = this.#calls.call(this.name, `count the keys of bucket "${this.name}"`, (entry) =>
      everyShard(entry, 'count', []),
    );
    return answer.reduce((sum, [, keys]) => sum + (keys as number), 0);
  }

  put(key: string, upload: Upload, { condition, expires }: PutOptions = {}): Version | Unmet {
    const own = this.#own(upload);
    return writeWhere(
      condition,
      () => this.get(key),
      (checked) => put(this.#calls, this.name, key, own, checked, expires),
    );
  }

  /** Writes the whole value anew, if it has not changed. */
  append(key: string, upload: Upload): Appended {
    const added = this.#own(upload);
    for (;;) {
      const before = this.get(key);
      const whole = this.#upload();
      try {
        if (before) whole.appendAll(before);
        for (const piece of added.pieces(`append to "${key}"`)) whole.append(piece);
        const condition: Condition = before
          ? { kind: 'version', version: before.version }
          : { kind: 'absent' };
        const version = this.put(key, whole, { condition, expires: 'kept' });
        if (!(version instanceof Unmet)) return { version, size: whole.size };
      } finally {
        before?.close();
        whole.close();
      }
    }
  }

  delete(key: string, condition?: Condition): boolean | Unmet {
    return writeWhere(
      condition,
      () => this.get(key),
      (checked) => {
        const words = [key, ...wordsOf(checked)];
        const answer = this.#one(key, `delete "${key}"`, 'delete', words);
        return refusalOf(answer, checked) ?? answer[1] === 1;
      },
    );
  }

  expire(key: string, expires: Milliseconds | undefined): boolean {
    const words = [key, String(expires ?? 0)];
    return this.#one(key, `expire "${key}"`, 'expire', words)[1] === 1;
  }

  copy(key: string, target: RecordPlace, condition?: Condition): Version | Unmet | undefined {
    return copied(this.#transfer(key, target), condition);
  }

  move(key: string, target: RecordPlace, condition?: Condition): Version | Unmet | undefined {
    return moved(this.#transfer(key, target), condition);
  }

  increment(key: string, delta: bigint, limit = COUNTER_LIMIT): bigint {
    const size = String(delta < 0n ? -delta : delta);
    const action = `${delta < 0n ? 'decrement' : 'increment'} "${key}"`;
    const words = [key, size, delta < 0n ? '-1' : '1', String(limit)];
    const answer = this.#one(key, action, 'increment', words);
    switch (String(answer[0])) {
      case 'done':
        return BigInt(String(answer[1]));
      case 'overflow':
        return incremented(key, toldValue(answer[1] as Buffer), delta, limit);
      default: {
        const [, bytes, text] = answer;
        return incremented(key, toldValue(text as Buffer, { size: Number(bytes) }), delta, limit);
      }
    }
  }

  compareAndSwap(key: string, old: bigint, desired: bigint): boolean {
    const words = [key, String(old), String(desired)];
    return this.#one(key, `compare and swap "${key}"`, 'compareAndSwap', words)[1] === 1;
  }

  writeMany(writes: Iterable<Write>): number {
    const bulk = this.#bulk(`write to bucket "${this.name}"`, 'overwrite');
    for (const write of writes) {
      if (write.kind === 'delete') bulk.delete(write.key);
      else bulk.putUpload(write.key, this.#own(write.upload));
    }
    return bulk.finish().made;
  }

  deleteRange(range: KeyRange, options?: WorkOptions): Promise<number> {
    return inTurns(deletedFrom(this.#calls, this.name, range), options);
  }

  batch(spare = new RecordBatch(NO_LIMITS)): RecordBatch {
    return spare.limit(NO_LIMITS);
  }

  async load(
    records: PackedRecords,
    existing: Existing,
    { signal, whenSet }: BatchOptions = {},
  ): Promise<number[]> {
    const refused: number[] = [];
    const writes = () => this.#bulk(`load into bucket "${this.name}"`, existing);
    const steps = loaded(this.#calls, this.name, records, { existing, writes, refused });
    await inTurns(steps, { signal });
    whenSet?.();
    return refused.sort((one, other) => one - other);
  }

  /** Copies all records to another bucket, in steps. */
  *copyInto(target: RedisBucket): Generator<number> {
    for (const records of this.records({})) {
      const bulk = target.#bulk(`copy bucket "${this.name}"`, 'overwrite');
      for (let position = 0; position < records.count; position++) {
        const value = records.value(position);
        if (value === undefined) continue;
        const upload = this.#upload();
        try {
          upload.appendAll(value);
          bulk.putUpload(records.key(position), upload, { expires: value.expires });
        } finally {
          value.close();
          upload.close();
        }
      }
      bulk.finish();
      yield records.count;
    }
  }

  #transfer(key: string, target: RecordPlace): Transfer {
    const to = new RedisBucket(this.#calls, target.bucket, this.#upload);
    return { from: this, key, to, target, upload: this.#upload };
  }

  #own(upload: Upload): RedisUpload {
    if (upload instanceof RedisUpload && upload.isOf(this.#calls.catalogue)) return upload;
    throw new Error('an upload is of another store');
  }

  /** Writes records whose versions and times are kept. */
  restoring(): BulkWrites {
    return this.#bulk(`restore bucket "${this.name}"`, 'overwrite');
  }

  #bulk(action: string, existing: Existing): BulkWrites {
    return bulkWrites(this.#calls, this.name, action, existing !== 'overwrite', {
      upload: this.#upload,
      put: (key, upload, { expires, ...kept } = {}) => {
        const condition = existing === 'overwrite' ? undefined : ({ kind: 'absent' } as const);
        return put(this.#calls, this.name, key, upload, condition, expires, kept);
      },
    });
  }

  #one(
    key: string,
    action: string,
    script: ScriptName,
    words: readonly (string | Uint8Array)[],
  ): ScriptAnswer {
    return this.#calls.callKey(this.name, key, action, script, () => words);
  }
}
