/** A file to write instead of stdout: `-o FILE`. */
import { accessSync, closeSync, constants, fstatSync, open, type Stats, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { ioError } from '../errors.js';
import { descriptorKind } from './descriptor-kind.js';
import { openReplacement } from './file-replacement.js';
import { isNodesOwn } from './inherited-descriptors.js';
import { openDescriptor } from './open-descriptor.js';
import { outputThrough } from './output-through.js';
import { fileSink, type Sink, streamSink } from './sinks.js';
import { plainStyle } from './style.js';
import type { FileOutput, Output } from './terminal.js';

/**
 * Opens a file for writing, or returns `stdout` for `-`. A new or regular file gets its content at
 * `commit`. A FIFO, a terminal, a device, and a file that this process has open already
 * (`/dev/stderr`, a log that a shell appends to) get it at once, after earlier writes. Throws `io`.
 */
export async function openOutput(path: string, stdout: Output): Promise<FileOutput> {
  if (path === '-') return standIn(stdout);
  const action = `write "${path}"`;
  try {
    const existing = statSync(path, { throwIfNoEntry: false });
    const descriptor = openDescriptor(path, existing);
    if (descriptor !== undefined) return await openAgain(path, descriptor, stdout, action);
    if (existing !== undefined && !existing.isFile()) return await openInPlace(path, action);
    // Refuse now what the rename would refuse at the end, and also a write-protected file, which a
    // rename would replace.
    if (existing !== undefined) accessSync(path, constants.W_OK);
    else if (path === '') throw ioError(action, { code: 'ENOENT' });
    else if (path.endsWith('/')) throw ioError(action, { code: 'EISDIR' });
    return openReplacement(path, existing, action);
  } catch (cause) {
    throw ioError(action, cause);
  }
}

/** Whether `openOutput` would give `path` a new file, and write to nothing that exists. */
export function isReplaced(path: string): boolean {
  if (path === '-') return false;
  const existing = statSync(path, { throwIfNoEntry: false });
  return openDescriptor(path, existing) === undefined && existing?.isFile() !== false;
}

/**
 * Opens a file to append to, or to write `anew`, and makes it if missing. Everything written stays.
 * Throws `io`.
 */
export async function openAppend(path: string, stdout: Output, anew?: 'anew'): Promise<FileOutput> {
  if (path === '-') return standIn(stdout);
  const action = `write "${path}"`;
  try {
    // An open file is not truncated.
    const existing = anew && statSync(path, { throwIfNoEntry: false });
    const descriptor = openDescriptor(path, existing);
    if (descriptor !== undefined) return await openAgain(path, descriptor, stdout, action);
    const how = anew ? constants.O_TRUNC : constants.O_APPEND;
    return await openInPlace(path, action, how | constants.O_CREAT);
  } catch (cause) {
    throw ioError(action, cause);
  }
}

function standIn(stdout: Output): FileOutput {
  // Not a spread, which would read its columns and load its stream.
  return Object.assign(
    outputThrough(stdout, (data) => stdout.write(data)),
    { commit: async () => {}, abandon: async () => {} },
  );
}

/** An output to something that is open already, at its present position. */
async function openAgain(
  path: string,
  descriptor: number,
  stdout: Output,
  action: string,
): Promise<FileOutput> {
  if (descriptor === 1) return standIn(stdout);
  if (!isForOutput(fstatSync(descriptor)) || isNodesOwn(descriptor))
    throw ioError(action, { code: 'EBADF' });
  const kind = await descriptorKind(descriptor);
  // A pipe or a terminal has no position to lose, and a descriptor opened anew can be closed.
  if (kind === 'terminal' || (kind === 'pipe' && !fstatSync(descriptor).isSocket())) {
    return openInPlace(path, action);
  }
  const { Socket } = await import('node:net');
  const socket = async () => new Socket({ fd: descriptor, readable: false });
  return {
    isTerminal: false,
    columns: 80,
    style: plainStyle,
    write: kind === 'pipe' ? streamSink(descriptor, socket, action) : fileSink(descriptor, action),
    commit: async () => {},
    abandon: async () => {},
  };
}

function isForOutput(stats: Stats): boolean {
  return stats.isFile() || stats.isFIFO() || stats.isSocket() || stats.isCharacterDevice();
}

async function openInPlace(path: string, action: string, more = 0): Promise<FileOutput> {
  // In the thread pool: opening a FIFO waits for its reader.
  const descriptor = await promisify(open)(path, constants.O_WRONLY | constants.O_NOCTTY | more);
  const kind = await descriptorKind(descriptor);
  const { sink, close } =
    kind === 'pipe' ? await pipe(descriptor, action) : device(descriptor, action);
  return {
    isTerminal: kind === 'terminal',
    columns: 80,
    style: plainStyle,
    write: sink,
    commit: close,
    abandon: close,
  };
}

function device(descriptor: number, action: string): Opened {
  let open = true;
  return {
    sink: fileSink(descriptor, action),
    async close() {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}

async function pipe(descriptor: number, action: string): Promise<Opened> {
  const { Socket } = await import('node:net');
  // Closes its descriptor.
  const socket = new Socket({ fd: descriptor, readable: false });
  return {
    sink: streamSink(descriptor, async () => socket, action),
    async close() {
      socket.destroy();
    },
  };
}

interface Opened {
  readonly sink: Sink;
  /** Idempotent. */
  close(): Promise<void>;
}
