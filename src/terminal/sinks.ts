/** Writes bytes to a descriptor, completely, for all kinds of outputs. */
import { writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { ioError, KvError } from '../errors.js';
import { nextTurn } from './event-loop.js';
import { reopenedPipe } from './reopened-pipe.js';

/** Resolves when the kernel has all of it; rejects as `Output.write` does. */
export type Sink = (data: Uint8Array | string) => Promise<void>;

/**
 * For files and devices: writes synchronously, until all is written. Node's own stream for a file
 * takes a short write for a whole one, so a nearly full disk would lose bytes silently.
 */
export function fileSink(descriptor: number, action: string): Sink {
  const turnAfter = turnsByBytes();
  return async (data) => {
    const bytes = bytesOf(data);
    for (let sent = 0; sent < bytes.length; ) {
      const length = Math.min(bytes.length - sent, STRIDE);
      let written: number;
      try {
        written = writeSync(descriptor, bytes, sent, length);
      } catch (cause) {
        throw outputError(action, cause);
      }
      sent += written;
      await turnAfter(written);
    }
  };
}

/**
 * For pipes, sockets and terminals: waits for a slow reader without blocking the event loop.
 *
 * The stream is opened when it is needed. The first bytes are written synchronously, which saves
 * the usual `kv get` its loading (2 ms); they are too few to fill a pipe that nobody else writes
 * to.
 */
export function streamSink(
  descriptor: number,
  open: () => Promise<Writable>,
  action: string,
): Sink {
  const turnAfter = turnsByBytes();
  let inPlace = PIPE_CAPACITY;
  let stream: Promise<Writable> | undefined;
  let failure: KvError | undefined;

  return async (data) => {
    if (failure !== undefined) throw failure;
    const bytes = bytesOf(data);
    try {
      let rest = bytes;
      if (stream === undefined && bytes.length <= inPlace) {
        inPlace -= bytes.length;
        rest = bytes.subarray(writeInPlace(descriptor, bytes));
      }
      if (rest.length === 0) return;
      stream ??= open().then(silenced);
      await writeToStream(await stream, rest);
    } catch (cause) {
      // A later write would only fail because the stream has been destroyed.
      failure = outputError(action, cause);
      throw failure;
    }
    await turnAfter(bytes.length);
  };
}

/**
 * The same for a pipe or a socket that others may write to as well: it waits for the reader and
 * leaves the others' mode alone, where possible. `open` gives the stream where it is not.
 */
export function sharedSink(
  descriptor: number,
  open: () => Promise<Writable>,
  action: string,
): Sink {
  let sink: Sink | undefined;
  return (data) => {
    sink ??= reopenedSink(descriptor, action) ?? streamSink(descriptor, open, action);
    return sink(data);
  };
}

function reopenedSink(descriptor: number, action: string): Sink | undefined {
  const own = reopenedPipe(descriptor);
  if (own === undefined) return undefined;
  const open = async () => {
    const { Socket } = await import('node:net');
    return new Socket({ fd: own, readable: false });
  };
  return streamSink(own, open, action);
}

/** Bytes that a pipe on Linux holds by default. */
const PIPE_CAPACITY = 64 * 1024;

/** Bytes between two turns of the event loop: a few milliseconds of writing. */
const STRIDE = 4 * 1024 * 1024;

/** Bytes that a write counts in addition to its own, so that many small ones yield as well. */
const WRITE_COST = 4 * 1024;

function bytesOf(data: Uint8Array | string): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data) : data;
}

/**
 * Counts bytes written, and lets the event loop turn after each stride, since synchronous writes
 * never wait.
 */
function turnsByBytes(): (bytes: number) => Promise<void> {
  let since = 0;
  return async (bytes) => {
    since += bytes + WRITE_COST;
    if (since < STRIDE) return;
    since = 0;
    await nextTurn();
  };
}

/** How many bytes were written; fewer than all if the descriptor is non-blocking and full. */
function writeInPlace(descriptor: number, bytes: Uint8Array): number {
  let sent = 0;
  try {
    while (sent < bytes.length) sent += writeSync(descriptor, bytes, sent);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN') throw cause;
  }
  return sent;
}

function writeToStream(stream: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** Every write reports its own failure; without a listener the event would end the process. */
function silenced(stream: Writable): Writable {
  return stream.on('error', () => {});
}

function outputError(action: string, cause: unknown): KvError {
  // A socket's equivalent of EPIPE.
  if ((cause as NodeJS.ErrnoException).code !== 'ECONNRESET') return ioError(action, cause);
  return new KvError('broken-pipe', `cannot ${action}: the reader went away`, { cause });
}
