/**
 * From the synchronous port to the thread that speaks to servers: a call is posted, and this thread
 * sleeps until the answer arrives.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import { KvError } from '../../errors.js';
import { type Patience, REPORT_MS } from '../patience.js';
import type { Milliseconds } from '../record.js';
import type { Address } from './address.js';
import type { Credentials } from './credentials.js';
import { unpackReplies } from './wire/packed-replies.js';
import type { Answer, Call, Reply, Request, WorkerStart } from './wire/request.js';

/** The worker's file, as built. */
const WORKER = 'redis-worker.cjs';

/** How long to wait by default for servers that cannot answer. */
const LIMIT_MS: Milliseconds = 10_000;

/** How much longer this thread waits for a call than the worker may take. */
const GRACE_MS: Milliseconds = 10_000;

export class Bridge {
  readonly address: Address;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #answers = new Int32Array(new SharedArrayBuffer(4));
  readonly #patience: Patience;
  #calls = 0;

  private constructor(address: Address, credentials: Credentials, patience: Patience) {
    this.address = address;
    this.#patience = patience;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const answers = this.#answers.buffer as SharedArrayBuffer;
    const workerData: WorkerStart = { address, credentials, answers, port: port2 };
    this.#worker = new Worker(workerFile(), { workerData, transferList: [port2] });
  }

  /** Starts the thread; nothing is sent yet. */
  static async start(address: Address, credentials: Credentials, patience: Patience = {}) {
    const bridge = new Bridge(address, credentials, patience);
    await once(bridge.#worker, 'online');
    bridge.#worker.unref();
    return bridge;
  }

  /**
   * Makes requests together, in any order, and returns their replies in the order of the requests.
   * Throws `busy` if servers did not answer in time, `io`, `full`, `not-a-store`, `usage`: `cannot
   * ACTION: …`.
   */
  call(action: string, requests: readonly Request[]): readonly Reply[] {
    if (requests.length === 0) return [];
    const limit = this.#patience.limit ?? LIMIT_MS;
    const number = ++this.#calls;
    this.#port.postMessage({ number, requests: requests.map(exact), limit } satisfies Call);
    this.#wait(number, limit);
    const answer = this.#answerTo(number);
    if ('replies' in answer) return unpackReplies(answer.replies);
    const { code, state, ...rest } = answer.failure;
    throw new KvError(code, `cannot ${action} at "${this.address.text}": ${state}`, rest);
  }

  async close(): Promise<void> {
    this.#worker.ref();
    const ended = once(this.#worker, 'exit');
    this.#port.postMessage('close');
    await ended;
  }

  /** Answers to earlier calls, which came too late, are skipped. */
  #answerTo(number: number): Answer {
    for (;;) {
      const answer = receiveMessageOnPort(this.#port)?.message as Answer | undefined;
      if (answer === undefined) throw new Error('the thread of a store on Redis does not answer');
      if (answer.number === number) return answer;
    }
  }

  #wait(number: number, limit: Milliseconds): void {
    const { waiting, whileBlocked } = this.#patience;
    // Most calls are short, and need no preparation for a long wait.
    if (this.#isAnswered(number, SHORT_MS)) return;
    const long = () => {
      if (this.#isAnswered(number, REPORT_MS)) return;
      waiting?.(`"${this.address.text}"`);
      this.#isAnswered(number, limit + GRACE_MS);
    };
    if (whileBlocked) whileBlocked(long);
    else long();
  }

  /**
   * Sleeps until that call is answered, or the time is over. A late wake may belong to the call
   * before.
   */
  #isAnswered(number: number, milliseconds: Milliseconds): boolean {
    const end = performance.now() + milliseconds;
    for (;;) {
      const answered = Atomics.load(this.#answers, 0);
      if (answered === number) return true;
      const left = end - performance.now();
      if (left <= 0) return false;
      Atomics.wait(this.#answers, 0, answered, left);
    }
  }
}

/**
 * The request with only its own bytes: a part of a larger buffer would be copied with all of it.
 */
function exact(request: Request): Request {
  const words = request.words.map((word) =>
    typeof word === 'string' || word.byteLength === word.buffer.byteLength
      ? word
      : new Uint8Array(word),
  );
  return { ...request, words };
}

/** A call this short may delay signals. */
const SHORT_MS: Milliseconds = 20;

/** Beside the program, or where the build has put it beside the sources. */
function workerFile(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const beside = join(here, WORKER);
  return existsSync(beside) ? beside : join(here, '../../../dist', WORKER);
}
