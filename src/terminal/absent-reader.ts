/** Notices that the reader of a pipe or a socket has gone, while nothing is written to it. */
import { fstatSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { reopenedPipe } from './reopened-pipe.js';

/** Milliseconds between two checks of a socket. */
const SOCKET_LOOK_MS = 200;

const nothing = new Uint8Array(0);

/**
 * Calls `tell` once, when the reader has gone. Returns a function that ends the watch, which does
 * not keep the process alive. Where it cannot be known (another user's pipe, a system without
 * /proc) `tell` is not called, and the next write finds out.
 */
export function whenUnread(descriptor: number, tell: () => void): () => void {
  return fstatSync(descriptor).isSocket()
    ? socketUnread(descriptor, tell)
    : pipeUnread(descriptor, tell);
}

/**
 * A write of no bytes fails if the other end is closed, and has no other effect; for a pipe it
 * tells nothing.
 */
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
 * Polling the writing end of a pipe, for any event, reports when the last reader has closed the
 * other. Node polls streams that it reads from; it refuses to read from a pipe that is open only
 * for writing, but does not check a descriptor given to it as a TCP socket. Reading then fails,
 * with EBADF.
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

/** One of Node's handles for a descriptor, which closes it; undefined if Node has none. */
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
