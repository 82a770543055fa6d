/** wasi:io/error@0.2.0 */
import type { KvError } from '../errors.js';

/**
 * `resource error`: what a stream's failed operation carries. It is not a subclass of JavaScript's
 * Error: a component toolchain takes a thrown Error for a trap.
 */
export class IoError {
  readonly cause: KvError;

  constructor(cause: KvError) {
    this.cause = cause;
  }

  /** Text that helps a person; not to be parsed. WIT: `[method]error.to-debug-string`. */
  toDebugString(): string {
    return this.cause.message;
  }
}
