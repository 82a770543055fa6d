/** `variant stream-error` of wasi:io/streams@0.2.0, as it is thrown. */
import { asKvError } from '../errors.js';
import { IoError } from './error.js';

export type StreamError =
  | { readonly tag: 'last-operation-failed'; readonly val: IoError }
  | { readonly tag: 'closed' };

export const closed: StreamError = { tag: 'closed' };

/** True for the `stream-error` that marks an orderly end, false for anything else. */
export function isClosed(thrown: unknown): boolean {
  return (thrown as StreamError | undefined)?.tag === 'closed';
}

/** The `stream-error` for a failure behind a stream. */
export function operationFailed(thrown: unknown): StreamError {
  return { tag: 'last-operation-failed', val: new IoError(asKvError(thrown)) };
}
