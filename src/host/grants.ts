/** The buckets that a component is given, their names, and whether it may write to them. */
import { HEAP_SHARE_BYTES, outOfMemory, type Room } from '../component/room.js';
import { KvError } from '../errors.js';
import { Bucket, storedBucket } from '../keyvalue/bucket.js';
import { DEFAULT_BUCKET } from '../keyvalue/drafts/rules.js';
import {
  checkSyncBody,
  type IncomingValue,
  SYNC_BODY_LIMIT_BYTES,
} from '../keyvalue/incoming-value.js';
import type { Keyvalue } from '../keyvalue/index.js';
import type { OutgoingValue } from '../keyvalue/outgoing-value.js';
import { asResult } from '../keyvalue/wasi-keyvalue-error.js';
import type { Interfaces } from './host-functions.js';

/** A bucket of the store, under the name by which the guest opens it. */
export interface Grant {
  readonly guest: string;
  readonly bucket: string;
  readonly readOnly: boolean;
}

/** A grant with the way to its bucket. */
export interface OpenGrant extends Grant {
  /** Throws `no-bucket`, and other errors of opening. */
  open(): Bucket;
}

/** The interfaces of wasi:keyvalue by name, over the granted buckets. */
export interface GrantedKeyvalue {
  readonly interfaces: Interfaces;
  /** Releases what the guest has left: values that it has not dropped. */
  close(): void;
}

/** Bytes of an outgoing value in memory, at most; the rest is on the disk. */
const UPLOAD_BYTES = 4 * 1024 * 1024;

/** Bytes of keys that one listing may return, counting two for a character. */
const LISTING_LIMIT_BYTES = Math.min(64 * 1024 * 1024, HEAP_SHARE_BYTES);

/** Bytes that a key counts as, besides its characters. */
const KEY_BYTES = 32;

/** The size of a missing value. */
const absent = { kind: 'inline', size: 0 } as const;

/** Up to this number of values are read at once without checking their sizes: 16 MiB at most. */
const FEW_VALUES = 256;

/**
 * The interfaces, except that only granted buckets can be opened, and those granted `:ro` refuse
 * writes. What they hold for the guest is counted in `room`.
 */
export function grantBuckets(
  keyvalue: Keyvalue,
  grants: readonly OpenGrant[],
  room: Room,
): GrantedKeyvalue {
  const { types, eventual, atomic, eventualBatch } = keyvalue;
  const values = new Set<OutgoingValue>();

  class GrantedBucket extends Bucket {
    readonly grant: OpenGrant;

    constructor(grant: OpenGrant) {
      super(storedBucket(grant.open()));
      this.grant = grant;
    }

    static openBucket(name: string): Bucket {
      return asResult(() => open(name, grantedUnder(name)));
    }
  }

  const grantedUnder = (name: string) => grants.find(({ guest }) => guest === name);

  function open(name: string, grant: OpenGrant | undefined): Bucket {
    if (grant !== undefined) return new GrantedBucket(grant);
    throw new KvError('no-bucket', `cannot open bucket "${name}": it has not been granted`);
  }

  /**
   * The empty name, if it is not granted itself, stands for `default`, or for the only bucket
   * granted.
   */
  function openIdentified(identifier: string): Bucket {
    const only = grants.length === 1 ? grants[0] : undefined;
    const fallback = identifier === '' ? (grantedUnder(DEFAULT_BUCKET) ?? only) : undefined;
    return open(identifier, grantedUnder(identifier) ?? fallback);
  }

  class GuestValue extends types.OutgoingValue {
    /** Bytes in memory. */
    #held = 0;

    constructor(...parameters: ConstructorParameters<typeof types.OutgoingValue>) {
      super(...parameters);
      values.add(this);
    }

    protected override append(bytes: Uint8Array): void {
      const held = Math.min(this.size + bytes.length, UPLOAD_BYTES);
      // A growing buffer may be twice as large as its contents.
      const more = Math.min(2 * held, UPLOAD_BYTES) - this.#held;
      if (more > 0) {
        room.hold(more);
        this.#held += more;
      }
      super.append(bytes);
    }

    override giveBack(): void {
      values.delete(this);
      room.release(this.#held);
      this.#held = 0;
      super.giveBack();
    }
  }

  class GrantedValue extends types.IncomingValue {
    /** Also throws `too-large`, before reading, for a value that no guest's memory can hold. */
    static override incomingValueConsumeSync(value: IncomingValue): Uint8Array {
      asResult(() => checkSyncBody(value, room.limit));
      return types.IncomingValue.incomingValueConsumeSync(value);
    }

    // Called with values of the base class.
    override incomingValueConsumeSync(): Uint8Array {
      return GrantedValue.incomingValueConsumeSync(this);
    }
  }

  /** The function, which refuses a bucket that was granted for reading. */
  function guarded<Rest extends unknown[], Result>(
    action: string,
    write: (bucket: Bucket, ...rest: Rest) => Result,
  ): (bucket: Bucket, ...rest: Rest) => Result {
    return (bucket, ...rest) => {
      asResult(() => checkWrite(bucket, action));
      return write(bucket, ...rest);
    };
  }

  /** Called before each write. Throws `read-only` for a bucket that was granted for reading. */
  function checkWrite(bucket: Bucket, action: string): void {
    if (!(bucket instanceof GrantedBucket) || !bucket.grant.readOnly) return;
    throw new KvError(
      'read-only',
      `cannot ${action} in bucket "${bucket.grant.guest}": it was granted read-only`,
    );
  }

  /** Throws a `Trap` if the values would be more than the host may hold for the guest. */
  function getMany(bucket: Bucket, keys: string[]) {
    if (keys.length > FEW_VALUES) {
      asResult(() => {
        let bytes = 0;
        for (const key of keys) {
          const { kind, size } = keyvalue.records.stat(bucket, key) ?? absent;
          if (kind === 'inline') bytes += size;
          if (bytes > room.left) throw outOfMemory();
        }
      });
    }
    return eventualBatch.getMany(bucket, keys);
  }

  /** Throws the resource `error`, `too-large`, for a bucket with more keys than a list may have. */
  function keys(bucket: Bucket): string[] {
    return asResult(() => {
      const found: string[] = [];
      let bytes = 0;
      for (const key of keyvalue.listing.listKeys(bucket, {})) {
        bytes += KEY_BYTES + 2 * key.length;
        if (bytes > LISTING_LIMIT_BYTES) {
          const state = `they take more than ${LISTING_LIMIT_BYTES} bytes`;
          throw new KvError('too-large', `cannot list the keys of a bucket: ${state}`);
        }
        found.push(key);
      }
      return found;
    });
  }

  const rules = {
    open: openIdentified,
    checkWrite,
    getMany,
    bodyLimit: Math.min(room.limit, SYNC_BODY_LIMIT_BYTES),
    keep: (bytes: number) => (bytes > 0 ? room.hold(bytes) : room.release(-bytes)),
  };
  const { cache, draft, draft2 } = keyvalue.draftsBy(rules, GuestValue);

  const seed = {
    'wasi-keyvalue-error': keyvalue.wasiKeyvalueError,
    types: { Bucket: GrantedBucket, IncomingValue: GrantedValue, OutgoingValue: GuestValue },
    eventual: {
      ...eventual,
      set: guarded('set a key', eventual.set),
      delete: guarded('delete a key', eventual.delete),
    },
    atomic: {
      increment: guarded('increment a key', atomic.increment),
      compareAndSwap: guarded('compare and swap a key', atomic.compareAndSwap),
    },
    'eventual-batch': {
      getMany(bucket: Bucket, keys: string[]) {
        room.expectHandles(keys.length);
        return getMany(bucket, keys);
      },
      keys,
      setMany: guarded('set keys', eventualBatch.setMany),
      deleteMany: guarded('delete keys', eventualBatch.deleteMany),
    },
  };

  return {
    interfaces: {
      ...named(seed, ''),
      ...named({ ...seed, cache }, '@0.1.0'),
      ...named(draft, '@0.2.0-draft'),
      ...named(draft2, '@0.2.0-draft2'),
    },
    close() {
      for (const value of [...values]) value.giveBack();
    },
  };
}

/** Interfaces of wasi:keyvalue by their full names. */
function named(interfaces: Interfaces, version: string): Interfaces {
  return Object.fromEntries(
    Object.entries(interfaces).map(([name, one]) => [`wasi:keyvalue/${name}${version}`, one]),
  );
}
