/** One bucket of a store on Redis. Each operation on one key is one script on its shard. */

import { crc32 } from 'node:zlib';
import { type Condition, Unmet, unmet } from '../condition.js';
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
import { piecesOf } from '../value-pieces.js';
import { bulkWrites } from './bulk-writes.js';
import type { Entry } from './catalogue.js';
import {
  encodeManifest,
  INLINE_BYTES,
  kinds,
  type Manifest,
  metadataOf,
  readHeader,
  shardOf,
} from './layout.js';
import { boundsOf, recordsOf } from './redis-records.js';
import { lostChunks, type Naming, RedisUpload } from './redis-upload.js';
import { valueOf } from './redis-value.js';
import type { Ask, ShardCalls, Told } from './shard-calls.js';
import type { ScriptName } from './wire/scripts.js';

/** Records that one script deletes. */
const PURGED = 500;

/** Keys that are asked for in one call. */
const ASKED = 2000;

export class RedisBucket implements StoreBucket {
  readonly name: string;
  readonly #calls: ShardCalls;
  readonly #upload: () => RedisUpload;

  /** `upload` begins one that only this thread knows. */
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
    for (let start = 0; start < keys.length || start === 0; start += ASKED) {
      const some = keys.slice(start, start + ASKED);
      const { entry, records } = this.#find(some, 'whole');
      for (const [at, record] of records.entries()) {
        const key = some[at]!;
        const shard = this.#calls.shardOfKey(entry, key);
        values.push(record && valueOf(record, { bridge: this.#calls.bridge, shard, key }));
      }
    }
    return values;
  }

  stat(key: string): Metadata | undefined {
    const [record] = this.#find([key], 'header').records;
    return record && metadataOf(readHeader(record));
  }

  records(range: KeyRange): IterableIterator<StoredRecords> {
    return recordsOf(this.#calls, this.name, range, (key) => this.get(key));
  }

  count(): number {
    return this.#everywhere(`count the keys of bucket "${this.name}"`, 'count', []).reduce(
      (sum, [, keys]) => sum + (keys as number),
      0,
    );
  }

  put(key: string, upload: Upload, options: PutOptions = {}): Version | Unmet {
    const own = this.#own(upload);
    const { condition, expires } = options;
    return this.#where(key, condition, (checked) => {
      const action = `set "${key}"`;
      const isShort = own.size <= INLINE_BYTES;
      const bytes = isShort ? own.contents() : undefined;
      this.#calls.mayWrite(action);
      const placed: Naming[] = [];
      const told = this.#one(key, action, 'put', (entry) => {
        const content = bytes ?? encodeManifest(this.#place(entry, key, own, action, placed));
        return [
          key,
          ...wordsOf(checked),
          String(isShort ? kinds.inline : kinds.chunked),
          String(bytes ? crc32(bytes) : 0),
          expires === 'kept' ? expires : String(expires ?? 0),
          String(own.size),
          content,
        ];
      });
      if (String(told[0]) === 'done') placed.pop();
      for (const naming of placed) own.displace(naming);
      if (String(told[0]) === 'lost') throw lostChunks(action);
      return refusalOf(told, checked) ?? Number(told[1]);
    });
  }

  /** Writes the whole value anew, where it is the same still. */
  append(key: string, upload: Upload): Appended {
    const added = this.#own(upload);
    for (;;) {
      const before = this.get(key);
      const whole = this.#upload();
      try {
        if (before) pour(before, whole);
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
    return this.#where(key, condition, (checked) => {
      const words = [key, ...wordsOf(checked)];
      const told = this.#one(key, `delete "${key}"`, 'delete', () => words);
      return refusalOf(told, checked) ?? told[1] === 1;
    });
  }

  expire(key: string, expires: Milliseconds | undefined): boolean {
    const words = [key, String(expires ?? 0)];
    return this.#one(key, `expire "${key}"`, 'expire', () => words)[1] === 1;
  }

  copy(key: string, target: RecordPlace, condition?: Condition): Version | Unmet | undefined {
    return this.#transfer(key, target, condition)?.outcome;
  }

  /**
   * Two keys need not lie in one slot. So the target is written first, and the source is deleted where it is
   * the same still; where it is not, what it is now is written over the target. A process that is killed in
   * between leaves both.
   */
  move(key: string, target: RecordPlace, condition?: Condition): Version | Unmet | undefined {
    let on = condition;
    for (let last: Version | undefined; ; on = undefined) {
      const moved = this.#transfer(key, target, on);
      if (moved === undefined) return last;
      const { version, outcome } = moved;
      if (outcome instanceof Unmet || this.#isAt(key, target)) return outcome;
      if (!(this.delete(key, { kind: 'version', version }) instanceof Unmet)) return outcome;
      last = outcome;
    }
  }

  increment(key: string, delta: bigint, limit = COUNTER_LIMIT): bigint {
    const size = String(delta < 0n ? -delta : delta);
    const action = `${delta < 0n ? 'decrement' : 'increment'} "${key}"`;
    const words = [key, size, delta < 0n ? '-1' : '1', String(limit)];
    const told = this.#one(key, action, 'increment', () => words);
    switch (String(told[0])) {
      case 'done':
        return BigInt(String(told[1]));
      case 'overflow':
        return incremented(key, textValue(told[1] as Buffer), delta, limit);
      default:
        return incremented(key, textValue(told[2] as Buffer, Number(told[1])), delta, limit);
    }
  }

  compareAndSwap(key: string, old: bigint, desired: bigint): boolean {
    const words = [key, String(old), String(desired)];
    return this.#one(key, `compare and swap "${key}"`, 'compareAndSwap', () => words)[1] === 1;
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
    return inTurns(this.#deleted(range), options);
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
    await inTurns(this.#loaded(records, existing, refused), { signal });
    whenSet?.();
    return refused.sort((one, other) => one - other);
  }

  /** Writes all records to another bucket, in steps. */
  *copyInto(target: RedisBucket): Generator<number> {
    for (const records of this.records({})) {
      const bulk = target.#bulk(`copy bucket "${this.name}"`, 'overwrite');
      for (let position = 0; position < records.count; position++) {
        const value = records.value(position);
        if (value === undefined) continue;
        const upload = this.#upload();
        try {
          pour(value, upload);
          bulk.putUpload(records.key(position), upload, value.expires);
        } finally {
          value.close();
          upload.close();
        }
      }
      bulk.finish();
      yield records.count;
    }
  }

  *#loaded(records: PackedRecords, existing: Existing, refused: number[]): Generator<number> {
    this.#calls.catalogue.entry(this.name);
    let count = records.count;
    if (existing === 'stop') {
      count = this.#firstThere(records) ?? count;
      if (count < records.count) refused.push(count);
    }
    const bulk = this.#bulk(`load into bucket "${this.name}"`, existing);
    for (let position = 0; position < count; position++) {
      const [keyStart, keyEnd, valueStart, valueEnd] = records.places.subarray(4 * position);
      const value = records.bytes.subarray(valueStart, valueEnd);
      const expires = records.expires?.[position] || undefined;
      const isSent = bulk.put(records.bytes.subarray(keyStart, keyEnd), value, expires);
      if (isSent) yield position;
    }
    refused.push(...bulk.finish().refused);
    yield 1;
  }

  /** The position of the first record whose key is there, or before it in the batch. */
  #firstThere({ count, bytes, places }: PackedRecords): number | undefined {
    const seen = new Set<string>();
    for (let start = 0; start < count; start += ASKED) {
      const keys: string[] = [];
      for (let position = start; position < Math.min(start + ASKED, count); position++) {
        keys.push(bytes.toString('utf8', places[4 * position], places[4 * position + 1]));
      }
      const { records } = this.#find(keys, 'header');
      for (const [at, key] of keys.entries()) {
        if (records[at] || seen.has(key)) return start + at;
        seen.add(key);
      }
    }
    return undefined;
  }

  *#deleted(range: KeyRange): Generator<number> {
    const { shards } = this.#calls.catalogue.entry(this.name);
    const action = `delete keys of bucket "${this.name}"`;
    const words = [...boundsOf(range), String(PURGED)];
    let left = Array.from({ length: shards }, (_, shard) => shard);
    while (left.length > 0) {
      const told = this.#calls.call(this.name, action, () =>
        left.map((shard): Ask => ({ shard, script: 'purge', words })),
      );
      left = left.filter((_, at) => told[at]![2] === 1);
      yield told.reduce((sum, [, deleted]) => sum + (deleted as number), 0);
    }
  }

  /** Writes a value to another place; returns which version it was of, and what came of it. */
  #transfer(
    key: string,
    target: RecordPlace,
    condition: Condition | undefined,
  ): { readonly version: Version; readonly outcome: Version | Unmet } | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    const { version, expires } = value;
    const upload = this.#upload();
    try {
      if (this.#isAt(key, target)) {
        return { version, outcome: (condition && unmet(condition, value)) ?? version };
      }
      pour(value, upload);
      const bucket = new RedisBucket(this.#calls, target.bucket, this.#upload);
      return { version, outcome: bucket.put(target.key, upload, { condition, expires }) };
    } finally {
      value.close();
      upload.close();
    }
  }

  #isAt(key: string, target: RecordPlace): boolean {
    return target.bucket === this.name && target.key === key;
  }

  #own(upload: Upload): RedisUpload {
    if (upload instanceof RedisUpload && upload.isOf(this.#calls.catalogue)) return upload;
    throw new Error('an upload is of another store');
  }

  /** Writes the chunks of a value beside where its key is to be, and enters their names. */
  #place(
    entry: Entry,
    key: string,
    upload: RedisUpload,
    action: string,
    placed: Naming[],
  ): Manifest {
    const shard = this.#calls.shardOfKey(entry, key);
    const manifest = upload.nextManifest();
    const naming: Naming = (index) => shard.chunk(manifest.upload, index);
    placed.push(naming);
    try {
      upload.place(naming, action);
    } catch (error) {
      // They expire where they cannot be deleted: what went wrong first is to be told.
      try {
        for (const one of placed) upload.displace(one);
      } catch {}
      throw error;
    }
    return manifest;
  }

  #bulk(action: string, existing: Existing) {
    return bulkWrites(this.#calls, this.name, action, existing !== 'overwrite', {
      upload: this.#upload,
      put: (key, upload, expires) =>
        this.put(key, upload, {
          expires,
          ...(existing !== 'overwrite' && { condition: { kind: 'absent' } }),
        }),
    });
  }

  /** A condition on a long value is looked at here, and the write made where that is the same still. */
  #where<T>(
    key: string,
    condition: Condition | undefined,
    write: (condition: Condition | undefined) => T | Unmet,
  ): T | Unmet {
    if (condition?.kind !== 'value' || condition.value.length <= INLINE_BYTES) {
      return write(condition);
    }
    for (;;) {
      const current = this.get(key);
      const refusal = unmet(condition, current);
      current?.close();
      if (refusal) return refusal;
      const outcome = write({ kind: 'version', version: current!.version });
      if (!(outcome instanceof Unmet)) return outcome;
    }
  }

  #find(
    keys: readonly string[],
    what: 'whole' | 'header',
  ): { readonly entry: Entry; readonly records: (Buffer | undefined)[] } {
    const encoded = keys.map((key) => Buffer.from(key));
    let used: Entry | undefined;
    let groups = new Map<number, number[]>();
    const action = keys.length === 1 ? `get "${keys[0]}"` : `get keys of bucket "${this.name}"`;
    const told = this.#calls.call(this.name, action, (entry) => {
      used = entry;
      groups = new Map();
      for (const [position, key] of encoded.entries()) {
        const shard = shardOf(key, entry.shards);
        const group = groups.get(shard);
        if (group) group.push(position);
        else groups.set(shard, [position]);
      }
      return [...groups].map(([shard, positions]) => ({
        shard,
        script: 'get',
        words: [what, ...positions.map((position) => keys[position]!)],
      }));
    });
    const records: (Buffer | undefined)[] = Array.from({ length: keys.length });
    for (const [index, positions] of [...groups.values()].entries()) {
      for (const [at, position] of positions.entries()) {
        const record = told[index]![at + 1] as Buffer;
        records[position] = record.length === 0 ? undefined : record;
      }
    }
    return { entry: used!, records };
  }

  #one(
    key: string,
    action: string,
    script: ScriptName,
    wordsFor: (entry: Entry) => readonly (string | Uint8Array)[],
  ): Told {
    return this.#calls.callOne(this.name, action, (entry) => ({
      shard: shardOf(Buffer.from(key), entry.shards),
      script,
      words: wordsFor(entry),
    }));
  }

  #everywhere(action: string, script: ScriptName, words: readonly string[]): readonly Told[] {
    return this.#calls.call(this.name, action, ({ shards }) =>
      Array.from({ length: shards }, (_, shard): Ask => ({ shard, script, words })),
    );
  }
}

/** Appends all that a value holds. */
function pour(value: StoredValue, upload: Upload): void {
  for (const piece of piecesOf(value)) upload.append(piece);
}

/** A condition, as scripts are given it. */
function wordsOf(condition: Condition | undefined): [kind: string, on: string | Uint8Array] {
  switch (condition?.kind) {
    case undefined:
      return ['', ''];
    case 'version':
      return ['version', String(condition.version)];
    case 'value':
      return ['value', condition.value];
    default:
      return [condition!.kind, ''];
  }
}

/** Why a write was not made, where it was not. */
function refusalOf([word, version]: Told, condition: Condition | undefined): Unmet | undefined {
  if (String(word) !== 'unmet') return undefined;
  const current = String(version) === '' ? undefined : ofVersion(Number(version));
  return unmet(condition!, current);
}

/** What is known of a record on which a condition does not hold: its value is not the one. */
function ofVersion(version: Version): StoredValue {
  return { ...textValue(Buffer.alloc(0), -1), version };
}

/** A value that was no counter, or too large a one: as much of it as errors tell. */
function textValue(text: Buffer, size = text.length): StoredValue {
  return {
    size,
    version: 0,
    modified: 0,
    expires: undefined,
    kind: 'inline',
    read: (position, length) => new Uint8Array(text.subarray(position, position + length)),
    close() {},
  };
}
