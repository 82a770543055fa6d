/** Noticing that nobody reads a pipe or a socket any more, while nothing is written to it. */
import { fstatSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { reopenedPipe } from './reopened-pipe.js';

/** How often a socket is asked, in ms. */
const SOCKET_LOOK_MS = 200;

const nothing = new Uint8Array(0);

/**
 * Calls `tell` once, when the reader has gone. Returns what ends the looking, which keeps no process alive. Where it
 * cannot be known (another user's pipe, a system without /proc) nothing is told, and the next write finds out.
 */
export function whenUnread(descriptor: number, tell: () => void): () => void {
  return fstatSync(descriptor).isSocket()
    ? socketUnread(descriptor, tell)
    : pipeUnread(descriptor, tell);
}

/** A write of no bytes fails where the other end is closed. It does nothing else; of a pipe it says nothing. */
function socketUnread(descriptor: number, tell: () => void): () => void {
  const look = () => {
    try {
      writeSync(descriptor, nothing);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return;
      clearInterval(timer);
      tell();
    }
  };
  const timer = setInterval(look, SOCKET_LOOK_MS).unref();
  return () => clearInterval(timer);
}

/**
 * The kernel tells whoever polls the writing end, for whatever, that the last reader has closed the other. Node polls a
 * stream that it reads from; it takes no pipe that is open for writing alone for one, but it does not look at what is
 * handed to it as a socket of TCP. Reading then fails, with EBADF.
 */
function pipeUnread(descriptor: number, tell: () => void): () => void {
  const own = reopenedPipe(descriptor);
  const handle = own === undefined ? undefined : polled(own);
  if (handle === undefined) return () => {};
  const socket = new Socket({ handle, readable: true } as object);
  socket.on('error', tell).unref();
  socket.resume();
  return () =>
    void socket
      .off('error', tell)
      .on('error', () => {})
      .destroy();
}

/** One of Node's handles, over a descriptor that it closes; undefined where Node gives none. */
function polled(descriptor: number): object | undefined {
  const { binding } = process as unknown as { binding?: (name: 'tcp_wrap') => TcpBinding };
  try {
    const { TCP, constants } = binding!('tcp_wrap');
    const handle = new TCP(constants.SOCKET);
    return handle.open(descriptor) === 0 ? handle : undefined;
  } catch {
    // With --permission there is no binding.
    return undefined;
  }
}

interface TcpBinding {
  readonly TCP: new (kind: number) => { open(descriptor: number): number };
  readonly constants: { readonly SOCKET: number };
}
