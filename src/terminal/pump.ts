/** Moves bytes between the synchronous streams of wasi:io and the outside, a piece at a time. */
import { asKvError } from '../errors.js';
import type { InputStream } from '../io/input-stream.js';
import type { OutputStream } from '../io/output-stream.js';
import { isClosed } from '../io/stream-error.js';
import type { Input } from './terminal.js';

/** Bytes read at a time; a stream gives a chunk at most. */
const READ_BYTES = 1024 * 1024;

/** The pieces of a stream from `offset` to its end, or `length` bytes of it. Throws KvError. */
export function* piecesOf(
  stream: InputStream,
  offset = 0,
  length = Number.POSITIVE_INFINITY,
): Generator<Uint8Array> {
  try {
    for (let left = offset; left > 0; ) left -= Number(stream.blockingSkip(BigInt(left)));
    for (let left = length; left > 0; ) {
      const piece = stream.blockingRead(BigInt(Math.min(left, READ_BYTES)));
      left -= piece.length;
      yield piece;
    }
  } catch (thrown) {
    if (!isClosed(thrown)) throw asKvError(thrown);
  } finally {
    stream[Symbol.dispose]();
  }
}

/**
 * Writes a whole input to a stream, and flushes it; `progress` is called with the bytes so far.
 * Throws KvError, or the signal's reason.
 */
export async function fill(
  stream: OutputStream,
  input: Input,
  signal: AbortSignal,
  progress: (bytes: number) => void = () => {},
): Promise<void> {
  let bytes = 0;
  try {
    for await (const piece of chunksUnlessAborted(input, signal)) {
      writeAll(stream, piece);
      bytes += piece.length;
      progress(bytes);
    }
    stream.blockingFlush();
  } catch (thrown) {
    throw asKvError(thrown);
  }
}

/** After this time without a byte, in ms, the other end counts as silent. */
const QUIET_MS = 250;

/**
 * The chunks of an input, or the signal's reason, even while the other end is silent. Each time the
 * input falls silent, `whenQuiet` is called and awaited.
 */
export async function* chunksUnlessAborted(
  input: Input,
  signal: AbortSignal,
  whenQuiet?: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const chunks = input.chunks()[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = unlessAborted(chunks.next(), signal);
      if (whenQuiet && (await isQuiet(next))) await whenQuiet();
      const { done, value } = await next;
      if (done) return;
      yield value;
    }
  } finally {
    const closing = chunks.return?.();
    // A file's read cannot be cancelled, so after a signal it is abandoned.
    if (signal.aborted) closing?.catch(() => {});
    else await closing;
  }
}

/** Whether a promise is still pending after `QUIET_MS`; the caller handles its rejection. */
export async function isQuiet(awaited: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), QUIET_MS);
  });
  const arrival = awaited.then(
    () => false,
    () => false,
  );
  const isSilent = await Promise.race([arrival, silence]);
  clearTimeout(timer);
  return isSilent;
}

function writeAll(stream: OutputStream, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) {
    const permit = Number(stream.checkWrite());
    if (permit === 0) stream.subscribe().block();
    stream.write(bytes.subarray(written, written + permit));
    written += Math.min(permit, bytes.length - written);
  }
}

/**
 * The result of a read or a write, or the signal's reason: an operation that waits for the other
 * end cannot be cancelled, but need not be awaited. (Racing it against one lasting promise would
 * keep every piece in memory.)
 */
export function unlessAborted<T>(waiting: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    waiting.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
