/**
 * The thread that speaks to servers: it makes each call, and wakes the thread that waits for it.
 * See `bridge.ts`.
 */
import { workerData } from 'node:worker_threads';
import { Delivery } from './delivery.js';
import { LostRequest } from './lost-request.js';
import { packReplies } from './packed-replies.js';
import type { Answer, Call, WorkerStart } from './request.js';

const { address, credentials, answers, port } = workerData as WorkerStart;
const delivery = new Delivery(address, credentials);
const woken = new Int32Array(answers);

port.on('message', async (call: Call | 'close') => {
  // It ends this thread, with its connections, even those that do not answer.
  if (call === 'close') process.exit();
  const { number } = call;
  try {
    const replies = packReplies(await delivery.deliver(call.requests, call.limit));
    answer({ number, replies }, [replies]);
  } catch (error) {
    answer({ number, failure: failureOf(error) });
  }
});

function answer(given: Answer, transferred: readonly ArrayBuffer[] = []): void {
  port.postMessage(given, transferred);
  Atomics.store(woken, 0, given.number);
  Atomics.notify(woken, 0);
}

function failureOf(error: unknown) {
  if (error instanceof LostRequest) return error.failure;
  return {
    code: 'internal',
    state: error instanceof Error ? error.message : String(error),
  } as const;
}
