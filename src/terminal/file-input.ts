/** A file to read instead of stdin: `-f FILE`. */
import { closeSync, fstatSync, open } from 'node:fs';
import { promisify } from 'node:util';
import { ioError } from '../errors.js';
import { readFile, readStream } from './byte-pieces.js';
import { descriptorKind } from './descriptor-kind.js';
import { isNodesOwn } from './inherited-descriptors.js';
import { namedDescriptor } from './open-descriptor.js';
import type { Input } from './terminal.js';

/**
 * Opens a file, a FIFO or a device for reading, or returns `stdin` for `-` and for its paths. It is
 * closed when its chunks end. Throws `io`, also for a directory.
 */
export async function openInput(path: string, stdin: Input): Promise<Input> {
  const named = namedDescriptor(path);
  if (path === '-' || named === 0) return stdin;
  const action = `read "${path}"`;
  if (named !== undefined && isNodesOwn(named)) throw ioError(action, { code: 'EBADF' });
  const descriptor = await openToRead(path, action);
  if ((await descriptorKind(descriptor)) !== 'pipe') {
    const { size } = fstatSync(descriptor);
    const chunks = () => readAndClose(descriptor, action);
    return { kind: 'stream', ...(size > 0 && { size }), chunks };
  }
  const { Socket } = await import('node:net');
  // Made when it is read, since it keeps the process waiting; it closes its descriptor.
  const stream = () => new Socket({ fd: descriptor, writable: false });
  return { kind: 'stream', chunks: () => readStream(stream(), action) };
}

async function openToRead(path: string, action: string): Promise<number> {
  try {
    // In the thread pool: opening a FIFO waits for its writer.
    const descriptor = await promisify(open)(path, 'r');
    if (!fstatSync(descriptor).isDirectory()) return descriptor;
    closeSync(descriptor);
  } catch (cause) {
    throw ioError(action, cause);
  }
  throw ioError(action, { code: 'EISDIR' });
}

async function* readAndClose(descriptor: number, action: string): AsyncGenerator<Uint8Array> {
  try {
    yield* readFile(descriptor, action);
  } finally {
    closeSync(descriptor);
  }
}
