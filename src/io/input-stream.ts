/** `resource input-stream` of wasi:io/streams@0.2.0 */
import { Trap } from '../errors.js';
import { Pollable, type Readiness } from './poll.js';
import { closed, operationFailed } from './stream-error.js';

/** Where an input-stream's bytes come from. An error from a method fails the operation. */
export interface Source {
  /**
   * At most `length` bytes (at least 1 is asked for) that are available; empty if none are yet;
   * undefined at the end. The bytes belong to the caller. Never blocks.
   */
  read(length: number): Uint8Array | undefined;
  /** Skips at most `length` bytes that are available. Undefined at the end. Never blocks. */
  skip?(length: number): number | undefined;
  /** True once it is known that no byte will follow. */
  readonly ended: boolean;
  /** Ready when bytes, the end or a failure are available. Absent: always. */
  readonly readiness?: Readiness;
  /** The reader is done. */
  close?(): void;
}

/** One read hands over at most this many bytes, whatever its `len`. */
const READ_LIMIT_BYTES = 1024 * 1024;

/** For streams that never make a reader wait. */
export const alwaysReady: Readiness = { ready: () => true, wait: () => {} };

export class InputStream {
  #source: Source | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  /**
   * Up to `len` bytes that are available, and never more than `READ_LIMIT_BYTES`, so that no `len`
   * causes a large allocation. Empty: none are available yet, or `len` was 0. Throws
   * `stream-error`: `closed` at the end and from then on; `last-operation-failed` once when the
   * source fails, then `closed`. WIT: `[method]input-stream.read`.
   */
  read(len: bigint): Uint8Array {
    const source = this.#open();
    if (len === 0n) return new Uint8Array(0);
    return this.#attempt(() => source.read(clamp(len)));
  }

  /** Like `read`, after waiting for a byte or the end. WIT: `[method]input-stream.blocking-read`. */
  blockingRead(len: bigint): Uint8Array {
    this.#wait(len);
    return this.read(len);
  }

  /**
   * Skips up to `len` bytes and returns how many; fails as `read` does. WIT:
   * `[method]input-stream.skip`.
   */
  skip(len: bigint): bigint {
    const source = this.#open();
    if (len === 0n) return 0n;
    if (source.skip === undefined) return BigInt(this.read(len).length);
    // Skipping allocates nothing, so the only bound is the largest exact number.
    const length = Number(len < BigInt(Number.MAX_SAFE_INTEGER) ? len : Number.MAX_SAFE_INTEGER);
    return BigInt(this.#attempt(() => source.skip!(length)));
  }

  /** Like `skip`, after waiting as `blocking-read`. WIT: `[method]input-stream.blocking-skip`. */
  blockingSkip(len: bigint): bigint {
    this.#wait(len);
    return this.skip(len);
  }

  /** Ready when a read would return bytes, the end or an error. WIT: `…input-stream.subscribe`. */
  subscribe(): Pollable {
    return new Pollable({
      ready: () => this.#readiness().ready(),
      wait: (milliseconds) => this.#readiness().wait(milliseconds),
    });
  }

  [Symbol.dispose](): void {
    const source = this.#source;
    this.#source = undefined;
    source?.close?.();
  }

  #open(): Source {
    if (this.#source?.ended) this[Symbol.dispose]();
    if (this.#source === undefined) throw closed;
    return this.#source;
  }

  #attempt<T>(operation: () => T | undefined): T {
    let result: T | undefined;
    try {
      result = operation();
    } catch (thrown) {
      this[Symbol.dispose]();
      throw thrown instanceof Trap ? thrown : operationFailed(thrown);
    }
    if (result !== undefined) return result;
    this[Symbol.dispose]();
    throw closed;
  }

  #readiness(): Readiness {
    return this.#source?.readiness ?? alwaysReady;
  }

  #wait(len: bigint): void {
    const readiness = this.#readiness();
    if (len > 0n && !readiness.ready()) readiness.wait(Number.POSITIVE_INFINITY);
  }
}

function clamp(len: bigint): number {
  return len > BigInt(READ_LIMIT_BYTES) ? READ_LIMIT_BYTES : Number(len);
}
