/**
 * The administration of a store's buckets: listing, creating, deleting, renaming. Beyond the WIT,
 * which only opens buckets.
 */
import { ELSEWHERE } from '../store/record.js';
import {
  type BucketInfo,
  type Fact,
  requireSupport,
  type Store,
  type WorkOptions,
} from '../store/store.js';
import { inTurns } from '../store/turns.js';
import { Bucket } from './bucket.js';
import { listRecords } from './listing.js';
import { checkBucketName } from './names.js';
import { sizeOf } from './record-filter.js';

/** The contents of a bucket, added up in a walk through it. */
export interface BucketContent {
  /** Bytes of all the values together. */
  readonly valueBytes: number;
  /** Values kept in chunks. */
  readonly chunkedValues: number;
}

/** A bucket that is being filled, before anybody sees it. */
export interface Draft {
  readonly bucket: Bucket;
  publish(name: string, options?: WorkOptions): Promise<void>;
  discard(options?: WorkOptions): Promise<void>;
}

/**
 * The administration of one store's buckets. Functions that write also throw `full`, `io`,
 * `read-only`.
 */
export function administrationOf(store: Store) {
  return {
    /** Every bucket, in the byte order of the names. */
    list: (): BucketInfo[] => store.buckets(),

    /** Throws `no-bucket`, `invalid-bucket`. */
    describe(name: string): BucketInfo {
      checkBucketName(name);
      return store.bucketInfo(name);
    },

    /** The names that begin with `prefix`, which may be any text, in byte order. */
    names: (prefix: string): string[] => store.bucketNames(prefix),

    /** Throws `invalid-bucket`. */
    exists(name: string): boolean {
      checkBucketName(name);
      return store.bucket(name) !== undefined;
    },

    /** The bucket of that name; undefined if there is none. Throws `invalid-bucket`. */
    find(name: string): Bucket | undefined {
      checkBucketName(name);
      const stored = store.bucket(name);
      return stored && new Bucket(stored);
    },

    /** Throws `bucket-exists`, `invalid-bucket`. */
    create(name: string): Bucket {
      checkBucketName(name);
      return new Bucket(store.createBucket(name));
    },

    /** The bucket, made if missing. Throws `invalid-bucket`. */
    openOrCreate(name: string): Bucket {
      checkBucketName(name);
      return new Bucket(store.ensureBucket(name));
    },

    /** One transaction. Throws `no-bucket`, `invalid-bucket`, the signal's reason. */
    async delete(name: string, options?: WorkOptions): Promise<void> {
      checkBucketName(name);
      await store.deleteBucket(name, options);
    },

    /** One transaction. Throws `no-bucket`, `bucket-exists`, `invalid-bucket`. */
    rename(name: string, to: string): void {
      checkBucketName(name);
      checkBucketName(to);
      store.renameBucket(name, to);
    },

    /**
     * One transaction; chunks are shared. Throws `no-bucket`, `bucket-exists`, `invalid-bucket`,
     * the signal's reason.
     */
    async copy(name: string, to: string, options?: WorkOptions): Promise<void> {
      checkBucketName(name);
      checkBucketName(to);
      await store.copyBucket(name, to, options);
    },

    /**
     * Deletes every key of a bucket, in one transaction. Throws `no-bucket`, `invalid-bucket`, the
     * signal's reason.
     */
    async clear(name: string, options?: WorkOptions): Promise<void> {
      checkBucketName(name);
      await store.clearBucket(name, options);
    },

    /**
     * Makes a bucket that nobody else sees, to be filled and then published in place of another, in
     * one step. `discard` has to be called at the end; after `publish` it does nothing. Throws
     * `not-supported` with `action` and `instead`, what can be done instead.
     */
    createDraft(action: string, instead: string): Draft {
      requireSupport(store, 'drafts', action, instead);
      const draft = store.createDraft();
      let isPublished = false;
      return {
        bucket: new Bucket(store.bucket(draft)!),
        async publish(name, options) {
          await store.publishDraft(draft, name, options);
          isPublished = true;
        },
        async discard(options) {
          if (!isPublished) await store.discardDraft(draft, options);
        },
      };
    },

    /** See `Store.collectGarbage`. */
    collectGarbage: (options?: WorkOptions) => store.collectGarbage(options),

    /** What the store reports about itself, in the order in which it is shown. */
    facts: (): Fact[] => store.info(),
  };
}

/**
 * Walks through a bucket and adds up its contents. Rejects with `no-bucket`, the signal's reason.
 */
export async function measure(bucket: Bucket, options?: WorkOptions): Promise<BucketContent> {
  const content = { valueBytes: 0, chunkedValues: 0 };
  const steps = function* (): Generator<number> {
    for (const records of listRecords(bucket, {})) {
      for (let position = 0; position < records.count; position++) {
        content.valueBytes += sizeOf(records, position);
        const isElsewhere = records.places[4 * position + 2] === ELSEWHERE;
        if (isElsewhere && records.entry(position)?.kind === 'chunked') content.chunkedValues++;
      }
      yield records.count;
    }
  };
  await inTurns(steps(), options);
  return content;
}
