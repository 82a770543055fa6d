/** Reads bytes from a descriptor or a stream to the end, for all kinds of inputs. */
import { read } from 'node:fs';
import type { Readable } from 'node:stream';
import { ioError } from '../errors.js';
import { nextTurn } from './event-loop.js';

/**
 * For files and devices, from the descriptor's position. While the consumer works on one piece the
 * next is read into a second buffer; so a piece is valid until the next is asked for.
 */
export async function* readFile(descriptor: number, action: string): AsyncGenerator<Uint8Array> {
  let [current, other] = [Buffer.allocUnsafeSlow(PIECE), Buffer.allocUnsafeSlow(PIECE)];
  let reading = readInto(descriptor, current);
  for (;;) {
    const length = await reading.catch((cause: unknown) => {
      throw ioError(action, cause);
    });
    if (length === 0) return;
    const piece = current.subarray(0, length);
    [current, other] = [other, current];
    reading = readInto(descriptor, current);
    // If the consumer leaves early, nobody handles a failure.
    reading.catch(() => {});
    yield piece;
  }
}

/**
 * For pipes, sockets and terminals. Leaving the loop destroys the stream, which would otherwise
 * keep the process waiting for its writer; this also works while a piece is awaited, which a
 * generator would not allow. (A read in Node's thread pool cannot be cancelled: it holds up even
 * `process.exit`.)
 */
export function readStream(stream: Readable, action: string): AsyncIterableIterator<Uint8Array> {
  const pieces: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  const end = { done: true, value: undefined } as const;
  let left = false;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      try {
        const piece = left ? end : await pieces.next();
        if (piece.done) await pendingSignals();
        return piece;
      } catch (cause) {
        if (left) return end;
        throw ioError(action, cause);
      }
    },
    async return() {
      left = true;
      stream.destroy();
      return end;
    },
  };
}

/**
 * Ctrl-C stops the writer of a pipe as well, and Node learns of the pipe's end first. The signal
 * has to be heard before the end, or partial input would seem complete.
 */
async function pendingSignals(): Promise<void> {
  // The rest of this turn of the event loop, and all of the next.
  await nextTurn(2);
}

/** Bytes read at a time. */
const PIECE = 4 * 1024 * 1024;

function readInto(descriptor: number, piece: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    read(descriptor, piece, 0, piece.length, null, (error, length) =>
      error ? reject(error) : resolve(length),
    );
  });
}
