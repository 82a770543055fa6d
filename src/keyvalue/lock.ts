/**
 * Locks that are records: the holder writes its name and an end under the key, and renews it before
 * that end. The lock of a holder that dies ends then. Beyond the WIT.
 */
import { asKvError, KvError } from '../errors.js';
import type { Milliseconds, Version } from '../store/record.js';
import type { Store } from '../store/store.js';
import { type Bucket, storedBucket } from './bucket.js';
import { checkKey } from './names.js';
import { outgoingValuesOf } from './outgoing-value.js';
import { deleteWhere, setWhere } from './record.js';

/** Bytes of the longest record of a lock. */
const LOCK_LIMIT_BYTES = 4096;

/** Who holds a lock, as JSON in its record; `until` is a time of RFC 3339. */
export interface LockHolder {
  readonly host: string;
  /** Process id. */
  readonly pid: number;
  /** The command that runs under the lock. */
  readonly command: string;
  /** Differs from that of any other holder. */
  readonly token: string;
}

export interface LockRecord extends LockHolder {
  readonly until: Milliseconds;
}

/** A lock that is held, by its version. */
export interface HeldLock {
  readonly kind: 'held';
  readonly version: Version;
}

/** A lock that somebody else holds. */
export interface ForeignLock {
  readonly kind: 'foreign';
  readonly holder: LockRecord;
}

export function locksOf(store: Store) {
  const OutgoingValue = outgoingValuesOf(store);
  const write = (bucket: Bucket, key: string, record: LockRecord, version?: Version): Version => {
    const value = OutgoingValue.newOutgoingValue();
    try {
      value.outgoingValueWriteBodySync(encode(record));
      const condition =
        version === undefined
          ? ({ kind: 'absent' } as const)
          : ({ kind: 'version', version } as const);
      return setWhere(bucket, key, value, { condition });
    } finally {
      value[Symbol.dispose]();
    }
  };
  return {
    /**
     * Acquires a lock for `length` milliseconds, if nobody holds it. Throws `condition-failed` if
     * the key holds something else, `invalid-key`.
     */
    acquire(
      bucket: Bucket,
      key: string,
      holder: LockHolder,
      length: Milliseconds,
    ): HeldLock | ForeignLock {
      checkKey(key);
      for (;;) {
        const found = read(bucket, key);
        if (found && found.record.until > Date.now())
          return { kind: 'foreign', holder: found.record };
        const version = unlessChanged(() =>
          write(bucket, key, { ...holder, until: Date.now() + length }, found?.version),
        );
        if (version !== undefined) return { kind: 'held', version };
      }
    },

    /** Extends it to `length` from now; undefined if it is no longer held. */
    renew(
      bucket: Bucket,
      key: string,
      held: HeldLock,
      holder: LockHolder,
      length: Milliseconds,
    ): HeldLock | undefined {
      const version = unlessChanged(() =>
        write(bucket, key, { ...holder, until: Date.now() + length }, held.version),
      );
      return version === undefined ? undefined : { kind: 'held', version };
    },

    /** Releases it; false if it was no longer held. */
    release(bucket: Bucket, key: string, { version }: HeldLock): boolean {
      return unlessChanged(() => deleteWhere(bucket, key, { kind: 'version', version })) ?? false;
    },
  };
}

/** The result of `work`; undefined if another process has changed the record before. */
function unlessChanged<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (thrown) {
    if (asKvError(thrown).code === 'condition-failed') return undefined;
    throw thrown;
  }
}

function read(bucket: Bucket, key: string): { record: LockRecord; version: Version } | undefined {
  const value = storedBucket(bucket).get(key);
  if (value === undefined) return undefined;
  try {
    const text =
      value.size > LOCK_LIMIT_BYTES ? '' : Buffer.from(value.read(0, value.size)).toString();
    return { record: decode(key, text), version: value.version };
  } finally {
    value.close();
  }
}

function encode({ host, pid, command, token, until }: LockRecord): Buffer {
  return Buffer.from(
    JSON.stringify({ host, pid, command, token, until: new Date(until).toISOString() }),
  );
}

function decode(key: string, text: string): LockRecord {
  try {
    const { host, pid, command, token, until } = JSON.parse(text);
    const time = Date.parse(until);
    if (typeof token === 'string' && !Number.isNaN(time)) {
      return { host: String(host), pid: Number(pid), command: String(command), token, until: time };
    }
  } catch {
    // Not JSON: the error below says so.
  }
  throw new KvError('condition-failed', `cannot lock "${key}": its value is no lock`, {
    hint: 'try: another NAME, which no other value has',
  });
}
