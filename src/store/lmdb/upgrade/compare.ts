/** Compares what a new store returns, read in the usual way, with the contents of the old one. */
import { KvError } from '../../../errors.js';
import type { StoredValue } from '../../record.js';
import type { Environment } from '../environment.js';
import { LmdbStore } from '../lmdb-store.js';
import type { OldRecord, OldStore } from './format-1.js';

/** Each step yields the number of records compared. Throws `damaged` if one differs, `io`. */
export function* compareAll(old: OldStore, environment: Environment): Generator<number> {
  const made = new LmdbStore(environment);
  /** Values in chunks, with their length, that have been compared under another key. */
  const seen = new Set<string>();
  for (const bucket of old.buckets()) {
    const copy = made.bucket(bucket.name);
    if (copy?.count() !== bucket.keys) throw differs(bucket.name);
    for (const records of old.records(bucket)) {
      for (const record of records) {
        const key = record.key.toString();
        const value = copy.get(key);
        try {
          if (value === undefined) throw differs(bucket.name, key);
          for (const isEqual of comparisons(old, record, value, seen)) {
            if (!isEqual) throw differs(bucket.name, key);
            yield 0;
          }
        } finally {
          value?.close();
        }
      }
      yield records.length;
    }
  }
}

function* comparisons(
  old: OldStore,
  { version, modified, value }: OldRecord,
  copy: StoredValue,
  seen: Set<string>,
): Generator<boolean> {
  yield copy.version === version && copy.modified === modified;
  if (value instanceof Uint8Array) {
    const isWhole = copy.size === value.length;
    if (!isWhole || Buffer.compare(copy.read(0, copy.size), value) !== 0) yield false;
    return;
  }
  const { valueId, size, chunkSize } = value;
  if (copy.size !== size) yield false;
  const name = `${valueId}/${size}`;
  if (seen.has(name)) return;
  for (let position = 0; position < size; position += chunkSize) {
    const chunk = old.chunk(value, position / chunkSize);
    yield Buffer.compare(copy.read(position, chunk.length), chunk) === 0;
  }
  seen.add(name);
}

function differs(bucket: string, key?: string): KvError {
  const what = key === undefined ? `bucket "${bucket}"` : `"${key}" in bucket "${bucket}"`;
  return new KvError('damaged', `cannot upgrade a store: what was written of ${what} differs`);
}
