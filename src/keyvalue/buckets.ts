/** The buckets of a store: listing, creating, deleting, renaming. Beyond the WIT, which only opens. */
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

/** What a bucket holds, found by going through it. */
export interface BucketContent {
  /** Bytes of all the values together. */
  readonly valueBytes: number;
  /** Values kept in chunks. */
  readonly chunkedValues: number;
}

/** A bucket in the making. */
export interface Draft {
  readonly bucket: Bucket;
  publish(name: string, options?: WorkOptions): Promise<void>;
  discard(options?: WorkOptions): Promise<void>;
}

/** The administration of one store's buckets. What writes throws `full`, `io`, `read-only` as well. */
export function administrationOf(store: Store) {
  return {
    /** Every bucket, in the byte order of the names. */
    list: (): BucketInfo[] => store.buckets(),

    /** Throws `no-bucket`, `invalid-bucket`. */
    describe(name: string): BucketInfo {
      checkBucketName(name);
      return store.bucketInfo(name);
    },

    /** The names that begin with `prefix`, which is any text, in byte order. */
    names: (prefix: string): string[] => store.bucketNames(prefix),

    /** Throws `invalid-bucket`. */
    exists(name: string): boolean {
      checkBucketName(name);
      return store.bucket(name) !== undefined;
    },

    /** Throws `bucket-exists`, `invalid-bucket`. */
    create(name: string): Bucket {
      checkBucketName(name);
      return new Bucket(store.createBucket(name));
    },

    /** The bucket, made now where there was none. Throws `invalid-bucket`. */
    openOrCreate(name: string): Bucket {
      checkBucketName(name);
      return new Bucket(store.ensureBucket(name));
    },

    /** One transaction. Throws `no-bucket`, `invalid-bucket`, the reason of the signal. */
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
     * One transaction; chunks are shared. Throws `no-bucket`, `bucket-exists`, `invalid-bucket`, the
     * reason of the signal.
     */
    async copy(name: string, to: string, options?: WorkOptions): Promise<void> {
      checkBucketName(name);
      checkBucketName(to);
      await store.copyBucket(name, to, options);
    },

    /**
     * Deletes every key of a bucket, in one transaction. Throws `no-bucket`, `invalid-bucket`, the
     * reason of the signal.
     */
    async clear(name: string, options?: WorkOptions): Promise<void> {
      checkBucketName(name);
      await store.clearBucket(name, options);
    },

    /**
     * A bucket that nobody else sees, to be filled and then put in the place of another, in one
     * step. `discard` is to be called in the end; after `publish` it does nothing. Throws
     * `not-supported` with what was to be done, and what can be done instead.
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

    /** What the store says of itself, in the order in which it is shown. */
    facts: (): Fact[] => store.info(),
  };
}

/** Goes through a bucket and adds up what it holds. Rejects with `no-bucket`, the reason of the signal. */
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
