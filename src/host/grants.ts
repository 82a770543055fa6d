/** The buckets that a component is given: under which names, and whether to write to. */
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
  /** Throws `no-bucket`, and what else opening throws. */
  open(): Bucket;
}

/** The interfaces of wasi:keyvalue by name, over what is granted. */
export interface GrantedKeyvalue {
  readonly interfaces: Interfaces;
  /** Gives back what the guest has left undone: values that it has not dropped. */
  close(): void;
}

/** Bytes that an outgoing value keeps in memory at most; the rest is on the disk. */
const UPLOAD_BYTES = 4 * 1024 * 1024;

/** Bytes of keys that one listing returns at most, as they are counted here: two to a character. */
const LISTING_LIMIT_BYTES = Math.min(64 * 1024 * 1024, HEAP_SHARE_BYTES);

/** What a key counts as beside its characters. */
const KEY_BYTES = 32;

/** What a value that is not there takes. */
const absent = { kind: 'inline', size: 0 } as const;

/** Up to so many values are got at once without a look at how large they are: 16 MiB at most. */
const FEW_VALUES = 256;

/**
 * The interfaces as they are, but for the opening of buckets, and writes to those granted `:ro`.
 * What they hold for the guest is counted in `room`.
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

  /** Where none is granted under the empty name, that is the default one, or the only one. */
  function openIdentified(identifier: string): Bucket {
    const only = grants.length === 1 ? grants[0] : undefined;
    const fallback = identifier === '' ? (grantedUnder(DEFAULT_BUCKET) ?? only) : undefined;
    return open(identifier, grantedUnder(identifier) ?? fallback);
  }

  class GuestValue extends types.OutgoingValue {
    /** Bytes that it holds in memory. */
    #held = 0;

    constructor(...parameters: ConstructorParameters<typeof types.OutgoingValue>) {
      super(...parameters);
      values.add(this);
    }

    protected override append(bytes: Uint8Array): void {
      const held = Math.min(this.size + bytes.length, UPLOAD_BYTES);
      // A buffer that grows is twice as large as it has to be.
      const more = Math.min(2 * held, UPLOAD_BYTES) - this.#held;
      if (more > 0) {
        room.hold(more);
        this.#held += more;
      }
      super.append(bytes);
    }

    override [Symbol.dispose](): void {
      values.delete(this);
      room.release(this.#held);
      this.#held = 0;
      super[Symbol.dispose]();
    }
  }

  class GrantedValue extends types.IncomingValue {
    /** Throws `too-large`, too, for what no memory of the guest's can hold, before it is read. */
    static override incomingValueConsumeSync(value: IncomingValue): Uint8Array {
      asResult(() => checkSyncBody(value, room.limit));
      return types.IncomingValue.incomingValueConsumeSync(value);
    }

    // Called with values of the class that it is derived from.
    override incomingValueConsumeSync(): Uint8Array {
      return GrantedValue.incomingValueConsumeSync(this);
    }
  }

  /** The function, refused for a bucket that was granted to read. */
  function guarded<Rest extends unknown[], Result>(
    action: string,
    write: (bucket: Bucket, ...rest: Rest) => Result,
  ): (bucket: Bucket, ...rest: Rest) => Result {
    return (bucket, ...rest) => {
      asResult(() => checkWrite(bucket, action));
      return write(bucket, ...rest);
    };
  }

  /** Throws `read-only` for a bucket that was granted to read; called before each write. */
  function checkWrite(bucket: Bucket, action: string): void {
    if (!(bucket instanceof GrantedBucket) || !bucket.grant.readOnly) return;
    throw new KvError(
      'read-only',
      `cannot ${action} in bucket "${bucket.grant.guest}": it was granted read-only`,
    );
  }

  /** Throws a `Trap` where what the keys lead to would be more than the guest may have held. */
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

  const { draft, draft2 } = keyvalue.draftsBy({
    open: openIdentified,
    checkWrite,
    getMany,
    bodyLimit: Math.min(room.limit, SYNC_BODY_LIMIT_BYTES),
    keep: (bytes) => (bytes > 0 ? room.hold(bytes) : room.release(-bytes)),
  });

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
      ...named(seed, '@0.1.0'),
      ...named(draft, '@0.2.0-draft'),
      ...named(draft2, '@0.2.0-draft2'),
    },
    close() {
      for (const value of [...values]) value[Symbol.dispose]();
    },
  };
}

/** Interfaces of wasi:keyvalue by their whole names. */
function named(interfaces: Interfaces, version: string): Interfaces {
  return Object.fromEntries(
    Object.entries(interfaces).map(([name, one]) => [`wasi:keyvalue/${name}${version}`, one]),
  );
}
