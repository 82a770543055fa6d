/** wasi:keyvalue/wasi-keyvalue-error@0.2.0-draft */
import { KvError, releaseStack } from '../errors.js';

/**
 * `resource error`: how every function of the keyvalue interfaces fails. Not a subclass of
 * JavaScript's Error, which component toolchains treat as a trap; `cause` is the KvError.
 */
export class KeyvalueError {
  readonly cause: KvError;

  constructor(cause: KvError) {
    this.cause = cause;
    releaseStack(cause);
  }

  /** What was tried, and why it failed. WIT: `[method]error.trace`. */
  trace(): string {
    return this.cause.message;
  }

  [Symbol.dispose](): void {}
}

/**
 * The result of `work`. A KvError is thrown as the resource; anything else is a defect and is
 * rethrown.
 */
export function asResult<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw thrown instanceof KvError ? new KeyvalueError(thrown) : thrown;
  }
}
