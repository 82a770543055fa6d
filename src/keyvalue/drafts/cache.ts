/**
 * wasi:keyvalue/cache@0.1.0, on records that expire. Its bucket is the one that the empty name stands for. Each
 * function has done its work when it returns: its future is ready, and gives `ok`, or `err` with the resource `error`.
 */

import type { Milliseconds } from '../../store/record.js';
import type { Upload } from '../../store/store.js';
import type { Bucket } from '../bucket.js';
import * as eventual from '../eventual.js';
import type { IncomingValue } from '../incoming-value.js';
import type { OutgoingValue } from '../outgoing-value.js';
import { setWhere } from '../record.js';
import { asResult, KeyvalueError } from '../wasi-keyvalue-error.js';
import { Future } from './future.js';
import type { Parts } from './rules.js';

/** `variant get-or-set-entry`. */
type GetOrSetEntry =
  | { readonly tag: 'occupied'; readonly val: IncomingValue }
  | { readonly tag: 'vacant'; readonly val: Vacancy };

class FutureGetResult extends Future<IncomingValue | undefined> {
  futureGetResultGet() {
    return this.take();
  }

  listenToFutureGetResult() {
    return this.listen();
  }
}

class FutureExistsResult extends Future<boolean> {
  futureExistsResultGet() {
    return this.take();
  }

  listenToFutureExistsResult() {
    return this.listen();
  }
}

class FutureResult extends Future<void> {
  futureResultGet() {
    return this.take();
  }

  listenToFutureResult() {
    return this.listen();
  }
}

class FutureGetOrSetResult extends Future<GetOrSetEntry> {
  futureGetOrSetResultGet() {
    return this.take();
  }

  listenToFutureGetOrSetResult() {
    return this.listen();
  }

  override get held(): unknown {
    const entry = super.held;
    return entry instanceof KeyvalueError ? entry : (entry as GetOrSetEntry | undefined)?.val;
  }
}

/** `resource vacancy`: a key that was not there. */
class Vacancy {
  readonly #fill: (ttlMs: number | undefined) => OutgoingValue;

  constructor(fill: (ttlMs: number | undefined) => OutgoingValue) {
    this.#fill = fill;
  }

  /**
   * A value, to which the key is set when it is dropped: what fails then is thrown as a KvError. It expires
   * `ttlMs` after that, undefined: never. WIT: `[method]vacancy.vacancy-fill`.
   */
  vacancyFill(ttlMs: number | undefined): OutgoingValue {
    return this.#fill(ttlMs);
  }

  [Symbol.dispose](): void {}
}

/** The interface by the rules; `Value` is the class of the values that it gives to be written. */
export function cacheOf({ rules, upload }: Parts, Value: new (upload: Upload) => OutgoingValue) {
  class FillingValue extends Value {
    #fill: (() => void) | undefined;

    constructor(bucket: Bucket, key: string, ttlMs: number | undefined) {
      super(upload());
      this.#fill = () => setWhere(bucket, key, this, { expires: expiresAfter(ttlMs) });
    }

    override [Symbol.dispose](): void {
      try {
        this.#fill?.();
      } finally {
        super[Symbol.dispose]();
      }
    }

    override giveBack(): void {
      this.#fill = undefined;
      super.giveBack();
    }
  }

  /** `action` is what is written, if anything is. */
  function open(action?: string): Bucket {
    return asResult(() => {
      const bucket = rules.open('');
      if (action !== undefined) rules.checkWrite(bucket, action);
      return bucket;
    });
  }

  return {
    FutureGetResult,
    FutureExistsResult,
    FutureResult,
    FutureGetOrSetResult,
    Vacancy,

    /** The value, or undefined where there is no such key. WIT: `get`. */
    get: (key: string) => new FutureGetResult(() => eventual.get(open(), key), dispose),

    /** Whether the key is there. WIT: `exists`. */
    exists: (key: string) => new FutureExistsResult(() => eventual.exists(open(), key)),

    /** Sets a key for so many milliseconds, undefined: for ever. WIT: `set`. */
    set: (key: string, value: OutgoingValue, ttlMs: number | undefined) =>
      new FutureResult(() => {
        const bucket = open('set a key');
        asResult(() => setWhere(bucket, key, value, { expires: expiresAfter(ttlMs) }));
      }),

    /**
     * The value, or where there is no such key a vacancy. Nobody waits for the vacancy to be filled: several may
     * have one. WIT: `get-or-set`.
     */
    getOrSet: (key: string) =>
      new FutureGetOrSetResult(() => {
        const val = eventual.get(open(), key);
        if (val !== undefined) return { tag: 'occupied', val };
        const bucket = open('set a key');
        const fill = (ttlMs: number | undefined) => new FillingValue(bucket, key, ttlMs);
        return { tag: 'vacant', val: new Vacancy(fill) };
      }, disposeEntry),

    /** Deletes a key; does nothing where there is none. WIT: `delete`. */
    delete: (key: string) => new FutureResult(() => eventual.delete(open('delete a key'), key)),
  };
}

function expiresAfter(milliseconds: number | undefined): Milliseconds | undefined {
  return milliseconds === undefined ? undefined : Date.now() + milliseconds;
}

/** Not a function in `getOrSet`, which would keep its key, of any length. */
function disposeEntry({ val }: GetOrSetEntry): void {
  dispose(val);
}

function dispose(one: Disposable | undefined): void {
  one?.[Symbol.dispose]();
}
