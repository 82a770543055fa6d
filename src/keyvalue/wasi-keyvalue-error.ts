/** wasi:keyvalue/wasi-keyvalue-error@0.2.0-draft */
import { KvError } from '../errors.js';

/**
 * `resource error`: how every function of the keyvalue interfaces fails. Not a subclass of
 * JavaScript's Error, which a component toolchain would take for a trap; `cause` is the KvError.
 */
export class KeyvalueError {
  readonly cause: KvError;

  constructor(cause: KvError) {
    this.cause = cause;
  }

  /** What was tried, and why it failed. WIT: `[method]error.trace`. */
  trace(): string {
    return this.cause.message;
  }

  [Symbol.dispose](): void {}
}

/**
 * The result of `work`; what it throws as a KvError is thrown as the resource. Anything else is a
 * defect and passes as it is.
 */
export function asResult<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw thrown instanceof KvError ? new KeyvalueError(thrown) : thrown;
  }
}
