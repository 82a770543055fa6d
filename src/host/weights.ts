/** The bytes that the host holds for each resource that a guest has a handle of. */
import type { IoError } from '../io/error.js';
import type { Cas } from '../keyvalue/drafts/cas.js';
import type { IncomingValue } from '../keyvalue/incoming-value.js';
import type { KeyvalueError } from '../keyvalue/wasi-keyvalue-error.js';

/** A handle, and a small object behind it. */
const HANDLE_BYTES = 1024;

/** An error holds its stack trace besides its message. */
const ERROR_BYTES = 4096;

/** A stream may hold a block, or the whole of a value that is stored beside its key. */
const STREAM_BYTES = 64 * 1024;

/** By the name of the resource. An outgoing value is counted as it grows: grants.ts. */
export function weightOf(resource: string): (one: unknown) => number {
  switch (resource) {
    case 'wasi:keyvalue/types.incoming-value':
    case 'wasi:keyvalue/types@0.1.0.incoming-value':
      return (one) => {
        const { kind, size } = (one as IncomingValue).metadata;
        return HANDLE_BYTES + (kind === 'inline' ? size : 0);
      };
    case 'wasi:keyvalue/atomics@0.2.0-draft2.cas':
      return (one) => HANDLE_BYTES + (one as Cas).heldBytes;
    case 'wasi:io/streams.input-stream':
      return () => HANDLE_BYTES + STREAM_BYTES;
    case 'wasi:io/error.error':
    case 'wasi:keyvalue/wasi-keyvalue-error.error':
    case 'wasi:keyvalue/wasi-keyvalue-error@0.1.0.error':
      // Its message is there twice, once in the stack trace, with two bytes for a character.
      return (one) => ERROR_BYTES + 4 * (one as IoError | KeyvalueError).cause.message.length;
    default:
      return () => HANDLE_BYTES;
  }
}
