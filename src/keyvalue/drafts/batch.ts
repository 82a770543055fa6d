/**
 * wasi:keyvalue/batch, of 0.2.0-draft (the tag) and 0.2.0-draft2. Where the store has transactions, each
 * batch is one.
 */
import type { Write } from '../../store/store.js';
import { storedBucket } from '../bucket.js';
import { deleteMany as deleteKeys } from '../eventual-batch.js';
import { checkKey } from '../names.js';
import { asDraft } from './draft-error.js';
import { bodiesOf, type Parts } from './rules.js';
import { type DraftBucket, partsOf } from './store.js';

/**
 * The keys and their values by position, undefined for a missing key; all from one snapshot. Throws
 * the variant `error`. WIT: `get-many`.
 */
function getMany<Cursor>(
  target: DraftBucket<Cursor>,
  keys: string[],
): ([string, Uint8Array] | undefined)[] {
  const { bucket, rules } = partsOf(target);
  return asDraft(() =>
    bodiesOf(rules, rules.getMany(bucket, keys)).map((body, position) =>
      body === undefined ? undefined : [keys[position]!, body],
    ),
  );
}

/** Sets all the keys, in the order given. Throws, with nothing written. WIT: `set-many`. */
function setMany<Cursor>(target: DraftBucket<Cursor>, keyValues: [string, Uint8Array][]): void {
  const parts = partsOf(target);
  asDraft(() => {
    parts.rules.checkWrite(parts.bucket, 'set keys');
    for (const [key] of keyValues) checkKey(key);
    storedBucket(parts.bucket).writeMany(putsOf(parts, keyValues));
  });
}

/** Deletes the keys that exist. Throws, with nothing deleted. WIT: `delete-many`. */
function deleteMany<Cursor>(target: DraftBucket<Cursor>, keys: string[]): void {
  const { bucket, rules } = partsOf(target);
  asDraft(() => {
    rules.checkWrite(bucket, 'delete keys');
    deleteKeys(bucket, keys);
  });
}

/** One value after the other, so that a second copy of all is never in memory. */
function* putsOf(
  { upload }: Parts,
  keyValues: readonly (readonly [string, Uint8Array])[],
): Generator<Write> {
  for (const [key, value] of keyValues) {
    const contents = upload();
    try {
      contents.append(value);
      yield { kind: 'put', key, upload: contents };
    } finally {
      contents.close();
    }
  }
}

/** The interface, for the buckets of a draft. */
export function batchOf<Cursor>() {
  return {
    getMany: getMany<Cursor>,
    setMany: setMany<Cursor>,
    deleteMany: deleteMany<Cursor>,
  };
}
