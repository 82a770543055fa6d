/** The buckets that a component is given: under which names, and whether to write to. */
import { KvError } from '../errors.js';
import { Bucket, storedBucket } from '../keyvalue/bucket.js';
import type { Keyvalue } from '../keyvalue/index.js';
import type { OutgoingValue } from '../keyvalue/outgoing-value.js';
import { asResult, KeyvalueError } from '../keyvalue/wasi-keyvalue-error.js';

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
  readonly interfaces: Readonly<Record<string, object>>;
  /** Gives back what the guest has left undone: values that it has not dropped. */
  close(): void;
}

/** The interfaces as they are, but for the opening of buckets, and writes to those granted `:ro`. */
export function grantBuckets(keyvalue: Keyvalue, grants: readonly OpenGrant[]): GrantedKeyvalue {
  const { types, eventual, atomic, eventualBatch } = keyvalue;
  const values = new Set<OutgoingValue>();

  class GrantedBucket extends Bucket {
    readonly grant: OpenGrant;

    constructor(grant: OpenGrant) {
      super(storedBucket(grant.open()));
      this.grant = grant;
    }

    static openBucket(name: string): Bucket {
      return asResult(() => {
        const grant = grants.find(({ guest }) => guest === name);
        if (grant === undefined) {
          throw new KvError('no-bucket', `cannot open bucket "${name}": it has not been granted`);
        }
        return new GrantedBucket(grant);
      });
    }
  }

  class GuestValue extends types.OutgoingValue {
    constructor(...parameters: ConstructorParameters<typeof types.OutgoingValue>) {
      super(...parameters);
      values.add(this);
    }

    override [Symbol.dispose](): void {
      values.delete(this);
      super[Symbol.dispose]();
    }
  }

  /** The function, refused for a bucket that was granted to read. */
  function guarded<Rest extends unknown[], Result>(
    action: string,
    write: (bucket: Bucket, ...rest: Rest) => Result,
  ): (bucket: Bucket, ...rest: Rest) => Result {
    return (bucket, ...rest) => {
      if (bucket instanceof GrantedBucket && bucket.grant.readOnly) {
        throw new KeyvalueError(
          new KvError(
            'read-only',
            `cannot ${action} in bucket "${bucket.grant.guest}": it was granted read-only`,
          ),
        );
      }
      return write(bucket, ...rest);
    };
  }

  return {
    interfaces: {
      'wasi:keyvalue/wasi-keyvalue-error': keyvalue.wasiKeyvalueError,
      'wasi:keyvalue/types': { ...types, Bucket: GrantedBucket, OutgoingValue: GuestValue },
      'wasi:keyvalue/eventual': {
        ...eventual,
        set: guarded('set a key', eventual.set),
        delete: guarded('delete a key', eventual.delete),
      },
      'wasi:keyvalue/atomic': {
        increment: guarded('increment a key', atomic.increment),
        compareAndSwap: guarded('compare and swap a key', atomic.compareAndSwap),
      },
      'wasi:keyvalue/eventual-batch': {
        ...eventualBatch,
        setMany: guarded('set keys', eventualBatch.setMany),
        deleteMany: guarded('delete keys', eventualBatch.deleteMany),
      },
    },
    close() {
      for (const value of [...values]) value[Symbol.dispose]();
    },
  };
}
