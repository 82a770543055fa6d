/** The bytes that the host holds for each resource that a guest has a handle of. */
import type { IoError } from '../io/error.js';
import type { Cas } from '../keyvalue/drafts/cas.js';
import type { Future } from '../keyvalue/drafts/future.js';
import { IncomingValue } from '../keyvalue/incoming-value.js';
import { KeyvalueError } from '../keyvalue/wasi-keyvalue-error.js';

/** A handle, and a small object behind it. */
const HANDLE_BYTES = 1024;

/** An error holds its stack trace besides its message. */
const ERROR_BYTES = 4096;

/** The longest key, with two bytes for a character. */
const KEY_BYTES = 4096;

/** A stream may hold a block, or the whole of a value that is stored beside its key. */
const STREAM_BYTES = 64 * 1024;

/** By the name of the resource. An outgoing value is counted as it grows: grants.ts. */
export function weightOf(resource: string): (one: unknown) => number {
  switch (resource) {
    case 'wasi:keyvalue/types.incoming-value':
    case 'wasi:keyvalue/types@0.1.0.incoming-value':
      return (one) => HANDLE_BYTES + heldBy(one);
    case 'wasi:keyvalue/atomics@0.2.0-draft2.cas':
      return (one) => HANDLE_BYTES + (one as Cas).heldBytes;
    case 'wasi:io/streams.input-stream':
      return () => HANDLE_BYTES + STREAM_BYTES;
    case 'wasi:io/error.error':
    case 'wasi:keyvalue/wasi-keyvalue-error.error':
    case 'wasi:keyvalue/wasi-keyvalue-error@0.1.0.error':
      return (one) => errorBytes(one as IoError | KeyvalueError);
    case 'wasi:keyvalue/cache@0.1.0.future-get-result':
    case 'wasi:keyvalue/cache@0.1.0.future-exists-result':
    case 'wasi:keyvalue/cache@0.1.0.future-result':
    case 'wasi:keyvalue/cache@0.1.0.future-get-or-set-result':
      return (one) => HANDLE_BYTES + heldBy((one as Future<unknown>).held);
    case 'wasi:keyvalue/cache@0.1.0.vacancy':
    case 'wasi:keyvalue/types@0.1.0.outgoing-value':
      // The key that is set when it is dropped.
      return () => HANDLE_BYTES + KEY_BYTES;
    default:
      return () => HANDLE_BYTES;
  }
}

/** What a result of the cache's holds, or a value that was got. */
function heldBy(one: unknown): number {
  if (one instanceof IncomingValue) return one.metadata.kind === 'inline' ? one.metadata.size : 0;
  if (one instanceof KeyvalueError) return errorBytes(one);
  return 0;
}

/** Its message is there twice, once in the stack trace, with two bytes for a character. */
function errorBytes({ cause }: IoError | KeyvalueError): number {
  return ERROR_BYTES + 4 * cause.message.length;
}
