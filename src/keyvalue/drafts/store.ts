/** wasi:keyvalue/store, of 0.2.0-draft (the tag) and 0.2.0-draft2, which differ in their cursors. */
import type { Bucket } from '../bucket.js';
import * as eventual from '../eventual.js';
import { listKeys } from '../listing.js';
import type { Cursors } from './cursor.js';
import { asDraft } from './draft-error.js';
import { bodiesOf, type Parts, withValue } from './rules.js';

/** Keys on a page of a listing, at most. */
const PAGE_KEYS = 500;

/** `record key-response`. */
export interface KeyResponse<Cursor> {
  readonly keys: string[];
  /** Absent: there are no more keys. */
  readonly cursor?: Cursor;
}

/** The parts of a bucket; for this folder only. */
export let partsOf: (bucket: DraftBucket<unknown>) => Parts & { readonly bucket: Bucket };

/** `resource bucket`. Every function fails by throwing the variant `error`. */
export class DraftBucket<Cursor> {
  readonly #parts: Parts & { readonly bucket: Bucket };
  readonly #cursors: Cursors<Cursor>;

  static {
    partsOf = (bucket) => bucket.#parts;
  }

  constructor(bucket: Bucket, parts: Parts, cursors: Cursors<Cursor>) {
    this.#parts = { ...parts, bucket };
    this.#cursors = cursors;
  }

  /** The value, or undefined for a missing key. WIT: `[method]bucket.get`. */
  get(key: string): Uint8Array | undefined {
    const { bucket, rules } = this.#parts;
    return asDraft(() => bodiesOf(rules, [eventual.get(bucket, key)])[0]);
  }

  /** Sets a key; the value is on the disk when it returns. WIT: `[method]bucket.set`. */
  set(key: string, value: Uint8Array): void {
    const { bucket, rules } = this.#parts;
    asDraft(() => {
      rules.checkWrite(bucket, 'set a key');
      withValue(this.#parts, value, (one) => eventual.set(bucket, key, one));
    });
  }

  /** Deletes a key, if it exists. WIT: `[method]bucket.delete`. */
  delete(key: string): void {
    const { bucket, rules } = this.#parts;
    asDraft(() => {
      rules.checkWrite(bucket, 'delete a key');
      eventual.delete(bucket, key);
    });
  }

  /** Whether the key exists. WIT: `[method]bucket.exists`. */
  exists(key: string): boolean {
    return asDraft(() => eventual.exists(this.#parts.bucket, key));
  }

  /**
   * The page after a cursor, the first one if it is undefined, in the byte order of the keys'
   * UTF-8. WIT: `[method]bucket.list-keys`.
   */
  listKeys(cursor: Cursor | undefined): KeyResponse<Cursor> {
    const { bucket } = this.#parts;
    return asDraft(() => {
      const after = cursor === undefined ? undefined : this.#cursors.keyOf(bucket.name, cursor);
      const keys = [...listKeys(bucket, { after, limit: PAGE_KEYS + 1 })];
      if (keys.length <= PAGE_KEYS) return { keys };
      keys.pop();
      return { keys, cursor: this.#cursors.of(bucket.name, keys.at(-1)!) };
    });
  }

  /** Does nothing: a bucket holds no resources, and is looked up by name at each call. */
  [Symbol.dispose](): void {}
}

/** The interface, as far as the rules allow. */
export function storeOf<Cursor>(parts: Parts, cursors: Cursors<Cursor>) {
  class StoreBucket extends DraftBucket<Cursor> {}
  return {
    Bucket: StoreBucket,
    /** The bucket of that name; the empty name is the default. WIT: `open`. */
    open: (identifier: string): DraftBucket<Cursor> =>
      asDraft(() => new StoreBucket(parts.rules.open(identifier), parts, cursors)),
  };
}
