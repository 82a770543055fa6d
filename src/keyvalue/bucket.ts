/** `resource bucket` of wasi:keyvalue/types@0.2.0-draft */
import { absentBucket } from '../errors.js';
import type { Store, StoreBucket } from '../store/store.js';
import { checkBucketName } from './names.js';
import { asResult } from './wasi-keyvalue-error.js';

/** From a bucket to the port; for this room only. */
export let storedBucket: (bucket: Bucket) => StoreBucket;

/**
 * A collection of key-value pairs. The functions of `eventual`, `atomic` and `eventual-batch` need
 * nothing else.
 */
export class Bucket {
  readonly #stored: StoreBucket;

  static {
    storedBucket = (bucket) => bucket.#stored;
  }

  constructor(stored: StoreBucket) {
    this.#stored = stored;
  }

  get name(): string {
    return this.#stored.name;
  }

  /** Does nothing: a bucket holds no resources, and is looked up by name at each call. */
  [Symbol.dispose](): void {}
}

/** The bucket of that name. Throws `no-bucket`, `invalid-bucket`. */
export function openBucket(store: Store, name: string): Bucket {
  return new Bucket(find(store, name));
}

/** The class for components: `open-bucket` is static, so the class belongs to one store. */
export function bucketsOf(store: Store) {
  return class extends Bucket {
    /**
     * The bucket of that name. Throws the resource `error`: `no-bucket`, `invalid-bucket`.
     * WIT: `[static]bucket.open-bucket`.
     */
    static openBucket(name: string): Bucket {
      return asResult(() => new this(find(store, name)));
    }
  };
}

function find(store: Store, name: string): StoreBucket {
  checkBucketName(name);
  const stored = store.bucket(name);
  if (stored === undefined) throw absentBucket(name);
  return stored;
}
