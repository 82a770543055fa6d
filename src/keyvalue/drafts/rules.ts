/** What the drafts' interfaces need, and what a host decides for a component. */
import { KvError } from '../../errors.js';
import type { Store, Upload } from '../../store/store.js';
import { type Bucket, openBucket } from '../bucket.js';
import { getMany } from '../eventual-batch.js';
import { IncomingValue, SYNC_BODY_LIMIT_BYTES } from '../incoming-value.js';
import { OutgoingValue } from '../outgoing-value.js';

/** The bucket that the empty name stands for. */
export const DEFAULT_BUCKET = 'default';

/** The buckets of a component, and how much may be returned to it and kept for it. */
export interface Rules {
  /**
   * The bucket of that name; the empty name is the default. Throws `no-bucket`, `invalid-bucket`.
   */
  open(identifier: string): Bucket;
  /** Throws `read-only` for a bucket that the component may only read. */
  checkWrite(bucket: Bucket, action: string): void;
  /** As `get-many` of wasi:keyvalue/eventual-batch. */
  getMany(bucket: Bucket, keys: string[]): (IncomingValue | undefined)[];
  /** Bytes of values that one call may return. */
  readonly bodyLimit: number;
  /** Counts bytes that are kept for the component; negative for bytes that are released. */
  keep(bytes: number): void;
}

/** The rules, and the uploads for values. */
export interface Parts {
  readonly rules: Rules;
  upload(): Upload;
}

/** All the buckets of a store, to read and write. */
export function everything(store: Store): Rules {
  return {
    open: (identifier) => openBucket(store, identifier || DEFAULT_BUCKET),
    checkWrite() {},
    getMany,
    bodyLimit: SYNC_BODY_LIMIT_BYTES,
    keep() {},
  };
}

/** Throws `too-large` for more bytes of values than can be returned at once. */
export function checkBodies({ bodyLimit }: Rules, bytes: number): void {
  if (bytes <= bodyLimit) return;
  throw new KvError(
    'too-large',
    `cannot return ${bytes} bytes of values at once: the limit is ${bodyLimit} bytes`,
  );
}

/** The bytes of values, all of which are closed. Throws `too-large`. */
export function bodiesOf(
  rules: Rules,
  values: readonly (IncomingValue | undefined)[],
): (Uint8Array | undefined)[] {
  try {
    checkBodies(
      rules,
      values.reduce((sum, value) => sum + (value?.metadata.size ?? 0), 0),
    );
    return values.map((value) => value && IncomingValue.incomingValueConsumeSync(value));
  } finally {
    for (const value of values) value?.[Symbol.dispose]();
  }
}

/** Does `work` with a value of these bytes, then releases what no key uses. */
export function withValue<T>(
  { upload }: Parts,
  bytes: Uint8Array,
  work: (value: OutgoingValue) => T,
): T {
  const value = new OutgoingValue(upload());
  try {
    value.outgoingValueWriteBodySync(bytes);
    return work(value);
  } finally {
    value[Symbol.dispose]();
  }
}
