/** `resource outgoing-value` of wasi:keyvalue/types@0.2.0-draft */
import { Trap } from '../errors.js';
import { OutputStream } from '../io/output-stream.js';
import type { Store, Upload } from '../store/store.js';
import { asResult } from './wasi-keyvalue-error.js';

/** From a value to its upload; for this room only. */
export let uploadOf: (value: OutgoingValue) => Upload;

/**
 * A value being written. Everything written to it, sync or async, is appended. `set` stores what
 * has been accepted so far, and may be called again; later writes are seen only by later calls.
 */
export class OutgoingValue {
  readonly #upload: Upload;
  #isDropped = false;

  static {
    uploadOf = (value) => value.#upload;
  }

  constructor(upload: Upload) {
    this.#upload = upload;
  }

  /** A stream that appends to the value. WIT: `…outgoing-value-write-body-async`. */
  outgoingValueWriteBodyAsync(): OutputStream {
    return new OutputStream({ write: (bytes) => this.append(bytes) });
  }

  /** Appends bytes to the value. Throws `full`, `io`. WIT: `…outgoing-value-write-body-sync`. */
  outgoingValueWriteBodySync(value: Uint8Array): void {
    asResult(() => this.append(value));
  }

  /**
   * All writes go through this. Throws `full`, `io`, and a `Trap` once the value has been dropped.
   */
  protected append(bytes: Uint8Array): void {
    if (this.#isDropped)
      throw new Trap('a write to the stream of an outgoing-value that was dropped');
    this.#upload.append(bytes);
  }

  /** Bytes accepted so far. Beyond the WIT. */
  get size(): number {
    return this.#upload.size;
  }

  [Symbol.dispose](): void {
    this.giveBack();
  }

  /** Releases what no key uses. Idempotent. Beyond the WIT. */
  giveBack(): void {
    this.#isDropped = true;
    this.#upload.close();
  }
}

/** A named type, because a declaration file needs one for a class with a protected member. */
export type OutgoingValues = typeof OutgoingValue & { newOutgoingValue(): OutgoingValue };

/** The class for components: `new-outgoing-value` is static, so the class belongs to one store. */
export function outgoingValuesOf(store: Store): OutgoingValues {
  return class extends OutgoingValue {
    /** An empty value. WIT: `[static]outgoing-value.new-outgoing-value`. */
    static newOutgoingValue(): OutgoingValue {
      return new this(store.upload());
    }
  };
}
