/** wasi:io/error@0.2.0 */
import { type KvError, releaseStack } from '../errors.js';

/**
 * `resource error`: the error of a failed stream operation. It is not a subclass of JavaScript's
 * Error: component toolchains treat a thrown Error as a trap.
 */
export class IoError {
  readonly cause: KvError;

  constructor(cause: KvError) {
    this.cause = cause;
    releaseStack(cause);
  }

  /** Text that helps a person; not to be parsed. WIT: `[method]error.to-debug-string`. */
  toDebugString(): string {
    return this.cause.message;
  }
}
