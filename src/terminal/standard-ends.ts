/**
 * stdin, stdout and stderr as synchronous streams for a component: it does not let the event loop
 * turn, so Node's own streams would not work.
 *
 * A pipe is put into non-blocking mode, or opened anew in it, so that a guest can check for bytes
 * without waiting, and a time limit can stop a wait, which it could not in the kernel.
 */
import { readSync, writeSync } from 'node:fs';
import { ioError, KvError } from '../errors.js';
import type { Source } from '../io/input-stream.js';
import type { Sink } from '../io/output-stream.js';
import type { Readiness } from '../io/poll.js';
import { sleep } from '../io/sleep.js';
import { closed } from '../io/stream-error.js';
import { wasClosed } from './closed-descriptor.js';
import { descriptorKind } from './descriptor-kind.js';
import { reopenedPipe } from './reopened-pipe.js';

/** Bytes read at once, and bytes that may wait to be written: the capacity of a pipe. */
const BLOCK_BYTES = 64 * 1024;

/** The pause before a pipe that is not ready is tried again: at first, and at most. */
const FIRST_WAIT_MILLISECONDS = 0.05;
const LONGEST_WAIT_MILLISECONDS = 5;

export interface StandardEnds {
  readonly stdin: Source;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly isTerminal: Readonly<Record<'stdin' | 'stdout' | 'stderr', boolean>>;
  /** Waits until everything written has been handed on, or its reader has gone. */
  drain(): void;
  /** Whether the reader of stdout or stderr went before it had everything. */
  readonly isBroken: boolean;
  /** Why something that was written to stdout is lost, where that is no reader's doing. */
  readonly outputFailure: KvError | undefined;
}

/** The process's own streams. Each is opened when it is first used. */
export async function standardEnds(): Promise<StandardEnds> {
  const kinds = [await descriptorKind(0), await descriptorKind(1), await descriptorKind(2)];
  const [stdinIsTerminal, stdoutIsTerminal, stderrIsTerminal] = kinds.map(
    (kind) => kind === 'terminal',
  );
  const isWaitedFor = (descriptor: number) => kinds[descriptor] === 'pipe';
  const stdin = new InputEnd(isWaitedFor(0) || stdinIsTerminal!);
  const stdout = new OutputEnd('stdout', 1, isWaitedFor(1));
  const stderr = new OutputEnd('stderr', 2, isWaitedFor(2));
  return {
    stdin,
    stdout,
    stderr,
    isTerminal: {
      stdin: stdinIsTerminal!,
      stdout: stdoutIsTerminal!,
      stderr: stderrIsTerminal!,
    },
    drain() {
      stdout.drain();
      stderr.drain();
    },
    get isBroken() {
      return stdout.isBroken || stderr.isBroken;
    },
    get outputFailure() {
      return stdout.failure;
    },
  };
}

class InputEnd implements Source {
  /** Bytes read while checking whether there are any. */
  #held: Buffer | undefined;
  #failure: unknown;
  #mayWait: boolean;
  ended = false;
  readonly readiness: Readiness;

  constructor(mayWait: boolean) {
    this.#mayWait = mayWait;
    this.readiness = readinessOf(() => this.#look());
  }

  read(length: number): Uint8Array | undefined {
    if (!this.#look()) return new Uint8Array(0);
    if (this.#failure !== undefined) throw ioError('read stdin', this.#failure);
    const bytes = this.#held?.subarray(0, length);
    const rest = this.#held?.subarray(length);
    this.#held = rest?.length ? rest : undefined;
    return bytes;
  }

  /** Whether there are bytes, the end or a failure. */
  #look(): boolean {
    if (this.#held || this.ended || this.#failure !== undefined) return true;
    if (this.#mayWait) {
      // Making Node's stream puts the descriptor into non-blocking mode; nothing is read by it.
      void process.stdin;
      this.#mayWait = false;
    }
    const block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    try {
      const length = readSync(0, block);
      if (length > 0) this.#held = block.subarray(0, length);
      else this.ended = true;
      return true;
    } catch (error) {
      if (isNotReady(error)) return false;
      if ((error as NodeJS.ErrnoException).code === 'EOF') this.ended = true;
      else this.#failure = error;
      return true;
    }
  }
}

class OutputEnd implements Sink {
  readonly #name: 'stdout' | 'stderr';
  #descriptor: number;
  #mayWait: boolean;
  #mayBeClosed = true;
  #held: Uint8Array | undefined;
  #failure: unknown;
  readonly readiness: Readiness;

  constructor(name: 'stdout' | 'stderr', descriptor: number, mayWait: boolean) {
    this.#name = name;
    this.#descriptor = descriptor;
    this.#mayWait = mayWait;
    this.readiness = readinessOf(() => this.#handOn());
  }

  /** Whether the reader has gone. */
  get isBroken(): boolean {
    return (this.#failure as NodeJS.ErrnoException | undefined)?.code === 'EPIPE';
  }

  /** Undefined where there is none, and where the reader went away. */
  get failure(): KvError | undefined {
    if (this.#failure === undefined || this.isBroken) return undefined;
    return ioError(`write to ${this.#name}`, this.#failure);
  }

  permit(): number {
    const isFree = this.#handOn();
    this.#throwFailure();
    return isFree ? BLOCK_BYTES : 0;
  }

  write(bytes: Uint8Array): void {
    this.#handOn();
    this.#throwFailure();
    const written = this.#held ? 0 : this.#writeSome(bytes);
    this.#throwFailure();
    if (written === bytes.length) return;
    const rest = bytes.subarray(written);
    this.#held = this.#held ? Buffer.concat([this.#held, rest]) : Buffer.from(rest);
  }

  flush(): void {
    this.#handOn();
    this.#throwFailure();
  }

  drain(): void {
    this.readiness.wait(Number.POSITIVE_INFINITY);
  }

  /** Whether nothing is waiting to be written, or it can never be. */
  #handOn(): boolean {
    if (this.#held && this.#failure === undefined) {
      const rest = this.#held.subarray(this.#writeSome(this.#held));
      this.#held = rest.length > 0 ? rest : undefined;
    }
    return this.#held === undefined || this.#failure !== undefined;
  }

  /** Writes what is accepted now, and returns the number of bytes. */
  #writeSome(bytes: Uint8Array): number {
    if (this.#mayWait) {
      const own = reopenedPipe(this.#descriptor);
      if (own === undefined) void process[this.#name];
      else this.#descriptor = own;
      this.#mayWait = false;
    }
    let written = 0;
    try {
      if (this.#mayBeClosed && wasClosed(this.#descriptor))
        throw new KvError('io', `cannot write to ${this.#name}: it is closed`);
      this.#mayBeClosed = false;
      while (written < bytes.length) {
        written += writeSync(this.#descriptor, bytes, written, bytes.length - written);
      }
    } catch (error) {
      if (!isNotReady(error)) this.#failure = error;
    }
    return written;
  }

  #throwFailure(): void {
    if (this.#failure === undefined) return;
    // For a guest, a reader that has gone is the end of the stream, not a failure.
    throw this.failure ?? closed;
  }
}

/** Ready when `look` says so, which is asked repeatedly, with growing pauses. */
function readinessOf(look: () => boolean): Readiness {
  return {
    ready: look,
    wait(milliseconds) {
      const end = performance.now() + milliseconds;
      for (let pause = FIRST_WAIT_MILLISECONDS; !look(); pause *= 2) {
        const left = end - performance.now();
        if (left <= 0) return;
        sleep(Math.min(pause, left, LONGEST_WAIT_MILLISECONDS));
      }
    },
  };
}

function isNotReady(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EAGAIN';
}
