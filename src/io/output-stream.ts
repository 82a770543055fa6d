/** `resource output-stream` of wasi:io/streams@0.2.0 */
import { Trap } from '../errors.js';
import { alwaysReady, type InputStream } from './input-stream.js';
import { Pollable, type Readiness } from './poll.js';
import { closed, isClosed, operationFailed } from './stream-error.js';

/**
 * Where an output-stream's bytes go. An error from a method fails the operation; the `stream-error`
 * `closed` says that the reader has gone.
 */
export interface Sink {
  /**
   * How many bytes the next `write` may have; 0: none for now. Absent: always
   * `DEFAULT_PERMIT_BYTES`.
   */
  permit?(): number;
  /** Takes all the bytes, and keeps no reference to them. Never blocks within the permit. */
  write(bytes: Uint8Array): void;
  /** Begins to hand on buffered bytes; until that is done, the permit is 0. */
  flush?(): void;
  /** Ready when the permit is above 0 or a failure is known. Absent: always. */
  readonly readiness?: Readiness;
  /** The writer is done. */
  close?(): void;
}

/** The permit of a sink without one of its own. */
const DEFAULT_PERMIT_BYTES = 1024 * 1024;

/**
 * The most that `blocking-write-and-flush` and `blocking-write-zeroes-and-flush` take, by the WIT.
 */
const BLOCKING_WRITE_LIMIT_BYTES = 4096;

/** Zeroes are written in pieces of this block. */
const zeroes = new Uint8Array(64 * 1024);

export class OutputStream {
  #sink: Sink | undefined;
  #permit = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /**
   * The bytes that the following writes may have together; 0: subscribe and wait. Throws
   * `stream-error`: `closed` once the stream has failed or its other end is gone. WIT:
   * `[method]output-stream.check-write`.
   */
  checkWrite(): bigint {
    this.#permit = this.#attempt((sink) => sink.permit?.() ?? DEFAULT_PERMIT_BYTES);
    return BigInt(this.#permit);
  }

  /**
   * Writes all of `contents`, which must be within the permit: more is a trap. Throws
   * `stream-error`: `last-operation-failed` when the sink fails, from then on `closed`. WIT:
   * `[method]output-stream.write`.
   */
  write(contents: Uint8Array): void {
    this.#spend(contents.length);
    this.#attempt((sink) => sink.write(contents));
  }

  /**
   * Writes at most 4096 bytes (more: a trap) and flushes, waiting as long as that takes.
   * WIT: `[method]output-stream.blocking-write-and-flush`.
   */
  blockingWriteAndFlush(contents: Uint8Array): void {
    checkBlockingLength(contents.length);
    for (let written = 0; written < contents.length; ) {
      const length = Math.min(this.#waitForPermit(), contents.length - written);
      this.write(contents.subarray(written, written + length));
      written += length;
    }
    this.blockingFlush();
  }

  /** Starts handing on everything written so far. WIT: `[method]output-stream.flush`. */
  flush(): void {
    this.#attempt((sink) => sink.flush?.());
  }

  /** Flushes and waits until that is done. WIT: `[method]output-stream.blocking-flush`. */
  blockingFlush(): void {
    this.flush();
    this.#waitForPermit();
  }

  /** Ready when `check-write` gives more than 0, or fails. WIT: `…output-stream.subscribe`. */
  subscribe(): Pollable {
    return new Pollable({
      ready: () => this.#readiness().ready(),
      wait: (milliseconds) => this.#readiness().wait(milliseconds),
    });
  }

  /** Like `write` of `len` zeroes. WIT: `[method]output-stream.write-zeroes`. */
  writeZeroes(len: bigint): void {
    this.#spend(len);
    for (let left = Number(len); left > 0; left -= zeroes.length) {
      this.#attempt((sink) => sink.write(zeroes.subarray(0, Math.min(left, zeroes.length))));
    }
  }

  /**
   * Writes at most 4096 zeroes (more: a trap) and flushes.
   * WIT: `[method]output-stream.blocking-write-zeroes-and-flush`.
   */
  blockingWriteZeroesAndFlush(len: bigint): void {
    checkBlockingLength(len);
    this.blockingWriteAndFlush(zeroes.subarray(0, Number(len)));
  }

  /**
   * Moves at most `len` bytes, and at most the permit, from `src`; returns how many. Fails as
   * `check-write`, `read` and `write` do, so `closed` at the end of `src`.
   * WIT: `[method]output-stream.splice`.
   */
  splice(src: InputStream, len: bigint): bigint {
    const permit = this.checkWrite();
    const contents = src.read(len < permit ? len : permit);
    if (contents.length > 0) this.write(contents);
    return BigInt(contents.length);
  }

  /**
   * Like `splice`, after waiting for both ends to be ready.
   * WIT: `[method]output-stream.blocking-splice`.
   */
  blockingSplice(src: InputStream, len: bigint): bigint {
    this.#waitForPermit();
    if (len > 0n) src.subscribe().block();
    return this.splice(src, len);
  }

  [Symbol.dispose](): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.close?.();
  }

  #spend(length: number | bigint): void {
    // The stream may have closed since the permit was given, which is not the caller's mistake.
    if (this.#sink === undefined) throw closed;
    if (length > this.#permit) {
      throw new Trap(`write of ${length} bytes where check-write permitted ${this.#permit}`);
    }
    this.#permit -= Number(length);
  }

  #attempt<T>(operation: (sink: Sink) => T): T {
    if (this.#sink === undefined) throw closed;
    try {
      return operation(this.#sink);
    } catch (thrown) {
      this[Symbol.dispose]();
      throw isClosed(thrown) || thrown instanceof Trap ? thrown : operationFailed(thrown);
    }
  }

  #readiness(): Readiness {
    return this.#sink?.readiness ?? alwaysReady;
  }

  #waitForPermit(): number {
    for (;;) {
      const permit = Number(this.checkWrite());
      if (permit > 0) return permit;
      this.#readiness().wait(Number.POSITIVE_INFINITY);
    }
  }
}

function checkBlockingLength(length: number | bigint): void {
  if (length > BLOCKING_WRITE_LIMIT_BYTES) {
    throw new Trap(`a blocking write takes ${BLOCKING_WRITE_LIMIT_BYTES} bytes, not ${length}`);
  }
}
