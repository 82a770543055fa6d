/** `resource cas` of wasi:keyvalue/atomics@0.2.0-draft2, and `swap`. */
import type { Condition } from '../../store/condition.js';
import type { StoredValue } from '../../store/record.js';
import { storedBucket } from '../bucket.js';
import { wholeBody } from '../incoming-value.js';
import { checkKey } from '../names.js';
import { setWhere } from '../record.js';
import { asDraft, DraftError } from './draft-error.js';
import { checkBodies, withValue } from './rules.js';
import { type DraftBucket, partsOf } from './store.js';

/** The parts of a cas, for `swap` alone. */
let placeOf: (cas: Cas) => { target: DraftBucket<string>; key: string; condition: Condition };

/**
 * A key in the state in which it was when the cas was made. The state is the same as long as the
 * version is, and no version is ever reused: a value that is changed and changed back counts as
 * changed.
 */
export class Cas {
  readonly #target: DraftBucket<string>;
  readonly #key: string;
  readonly #stored: StoredValue | undefined;

  static {
    placeOf = (cas) => ({
      target: cas.#target,
      key: cas.#key,
      condition:
        cas.#stored === undefined
          ? { kind: 'absent' }
          : { kind: 'version', version: cas.#stored.version },
    });
  }

  private constructor(target: DraftBucket<string>, key: string) {
    checkKey(key);
    this.#target = target;
    this.#key = key;
    this.#stored = storedBucket(partsOf(target).bucket).get(key);
  }

  /** The present state of the key. Throws the variant `error`. WIT: `[static]cas.new`. */
  static new(target: DraftBucket<string>, key: string): Cas {
    return asDraft(() => new Cas(target, key));
  }

  /**
   * The value when the cas was made, or undefined for a missing key: a swap that succeeds replaces
   * this value. WIT: `[method]cas.current`.
   */
  current(): Uint8Array | undefined {
    const stored = this.#stored;
    if (stored === undefined) return undefined;
    return asDraft(() => {
      checkBodies(partsOf(this.#target).rules, stored.size);
      return wholeBody(stored);
    });
  }

  /** Bytes that it keeps in memory. Beyond the WIT. */
  get heldBytes(): number {
    return 2 * this.#key.length + (this.#stored?.kind === 'inline' ? this.#stored.size : 0);
  }

  [Symbol.dispose](): void {
    this.#stored?.close();
  }
}

/**
 * Sets the key of a cas, which it consumes, if nobody has written it since; its expiry stays.
 * Throws the variant `cas-error`, with nothing changed: `cas-failed` with a cas of the present
 * state. WIT: `swap`.
 */
export function swap(cas: Cas, value: Uint8Array): void {
  const { target, key, condition } = placeOf(cas);
  const parts = partsOf(target);
  try {
    asDraft(() => {
      parts.rules.checkWrite(parts.bucket, 'swap a key');
      const options = { condition, expires: 'kept' } as const;
      withValue(parts, value, (one) => setWhere(parts.bucket, key, one, options));
    });
  } catch (thrown) {
    throw casError(thrown, () => Cas.new(target, key));
  } finally {
    cas[Symbol.dispose]();
  }
}

function casError(thrown: unknown, again: () => Cas): unknown {
  if (!(thrown instanceof DraftError)) return thrown;
  try {
    if (thrown.cause.code === 'condition-failed') return { tag: 'cas-failed', val: again() };
  } catch (failure) {
    return failure instanceof DraftError ? { tag: 'store-error', val: failure } : failure;
  }
  return { tag: 'store-error', val: thrown };
}
