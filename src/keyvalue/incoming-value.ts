/** `resource incoming-value` of wasi:keyvalue/types, of 0.2.0-draft and of 0.1.0 */
import { constants } from 'node:buffer';
import { KvError } from '../errors.js';
import { InputStream, type Source } from '../io/input-stream.js';
import type { Metadata, StoredValue } from '../store/record.js';
import { asResult } from './wasi-keyvalue-error.js';

/**
 * The largest value that `incoming-value-consume-sync` returns, in bytes: the limit of an array.
 */
export const SYNC_BODY_LIMIT_BYTES = Math.min(constants.MAX_LENGTH, 2 ** 32 - 1);

/** Throws `too-large` for a value too large to be returned at once. */
export function checkSyncBody({ metadata: { size } }: IncomingValue, limit: number): void {
  if (size <= limit) return;
  throw new KvError(
    'too-large',
    `cannot return a value of ${size} bytes at once: read it as a stream`,
  );
}

/** A value as it was when it was read; later writes do not change it. */
export class IncomingValue {
  #stored: StoredValue | undefined;
  /** What is known of the record. Beyond the WIT. */
  readonly metadata: Metadata;

  constructor(stored: StoredValue) {
    this.#stored = stored;
    this.metadata = stored;
  }

  /**
   * The whole value. Consumes the incoming-value; a second time throws `consumed`. Throws
   * `too-large` over `SYNC_BODY_LIMIT_BYTES`, and the value can then still be consumed as a stream.
   * WIT: `[static]incoming-value.incoming-value-consume-sync`.
   */
  static incomingValueConsumeSync(value: IncomingValue): Uint8Array {
    return asResult(() => {
      checkSyncBody(value, SYNC_BODY_LIMIT_BYTES);
      const stored = value.#take();
      try {
        return wholeBody(stored);
      } finally {
        stored.close();
      }
    });
  }

  /**
   * The value as a stream, from its first byte. Consumes the incoming-value; a second time throws
   * `consumed`. WIT: `[static]incoming-value.incoming-value-consume-async`.
   */
  static incomingValueConsumeAsync(value: IncomingValue): InputStream {
    return asResult(() => new InputStream(new StoredSource(value.#take())));
  }

  /**
   * The static function as a method, as in 0.1.0. WIT:
   * `[method]incoming-value.incoming-value-consume-sync`.
   */
  incomingValueConsumeSync(): Uint8Array {
    return IncomingValue.incomingValueConsumeSync(this);
  }

  /**
   * The static function as a method, as in 0.1.0. WIT:
   * `[method]incoming-value.incoming-value-consume-async`.
   */
  incomingValueConsumeAsync(): InputStream {
    return IncomingValue.incomingValueConsumeAsync(this);
  }

  /** Bytes in the value, exactly. WIT: `[method]incoming-value.incoming-value-size`. */
  incomingValueSize(): bigint {
    return BigInt(this.metadata.size);
  }

  [Symbol.dispose](): void {
    this.#stored?.close();
    this.#stored = undefined;
  }

  #take(): StoredValue {
    const stored = this.#stored;
    if (stored === undefined) {
      throw new KvError('consumed', 'cannot consume a value twice: it has been consumed');
    }
    this.#stored = undefined;
    return stored;
  }
}

class StoredSource implements Source {
  readonly #stored: StoredValue;
  #position = 0;

  constructor(stored: StoredValue) {
    this.#stored = stored;
  }

  get ended(): boolean {
    return this.#position >= this.#stored.size;
  }

  read(length: number): Uint8Array | undefined {
    if (this.ended) return undefined;
    const bytes = this.#stored.read(this.#position, length);
    this.#position += bytes.length;
    return bytes;
  }

  skip(length: number): number | undefined {
    if (this.ended) return undefined;
    const skipped = Math.min(length, this.#stored.size - this.#position);
    this.#position += skipped;
    return skipped;
  }

  close(): void {
    this.#stored.close();
  }
}

/** All the bytes of a value, which stays open. */
export function wholeBody(stored: StoredValue): Uint8Array {
  const first = stored.read(0, stored.size);
  if (first.length === stored.size) return first;
  const whole = new Uint8Array(stored.size);
  whole.set(first);
  for (let position = first.length; position < whole.length; ) {
    const bytes = stored.read(position, whole.length - position);
    whole.set(bytes, position);
    position += bytes.length;
  }
  return whole;
}
