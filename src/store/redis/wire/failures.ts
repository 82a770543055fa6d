/** The messages for errors of servers and of the network, and which errors are temporary. */
import type { Failure } from './request.js';
import { ErrorReply, NotRedis, Unanswered } from './server.js';
import { tlsFailureOf } from './tls-failures.js';

/** Errors of a server after which another try is worthwhile. */
const passing = [
  'CLUSTERDOWN',
  'TRYAGAIN',
  'LOADING',
  'MASTERDOWN',
  'READONLY',
  'BUSY',
  'NOREPLICAS',
];

/** Whether another try is worthwhile. */
export function isPassing(error: unknown): boolean {
  if (error instanceof NotRedis || tlsFailureOf(error)) return false;
  return !(error instanceof ErrorReply) || passing.includes(error.message.split(' ', 1)[0]!);
}

export function failureOf(error: unknown): Failure {
  if (error instanceof NotRedis) {
    return { code: 'not-a-store', state: 'what answers there is no Redis server' };
  }
  if (error instanceof ErrorReply) return failureOfReply(error.message);
  const { code, message } = error as NodeJS.ErrnoException;
  const state = connectionFaults[code ?? ''] ?? message;
  return (
    tlsFailureOf(error) ?? {
      code: 'busy',
      state,
      ...(error instanceof Unanswered && { hint: error.hint }),
    }
  );
}

const connectionFaults: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'no server listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of its host cannot be looked up now',
  ECONNRESET: 'its server ended the connection',
  EHOSTUNREACH: 'its host cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
  ETIMEDOUT: 'its server does not answer',
};

function failureOfReply(message: string): Failure {
  const word = message.split(' ', 1)[0]!;
  switch (word) {
    case 'OOM':
      return { code: 'full', state: 'its server has no memory left, by its "maxmemory"' };
    case 'NOAUTH':
      return {
        code: 'io',
        state: 'its server asks for a password',
        hint: 'try: KV_STORE_PASSWORD_FILE=PATH, or KV_STORE_PASSWORD',
      };
    case 'WRONGPASS':
      return { code: 'io', state: 'its server does not know that user and password' };
    case 'CLUSTERDOWN':
      return { code: 'busy', state: 'the cluster is down: not all of its slots are served' };
    default:
      if (/without any password configured/.test(message)) {
        return { code: 'io', state: 'a password was given, and its server has none' };
      }
      return {
        code: isPassing(new ErrorReply(message)) ? 'busy' : 'io',
        state: `its server says: ${message}`,
      };
  }
}

/** The failure of a write whose answer was lost: nobody knows whether it was made. */
export function uncertain(failure: Failure): Failure {
  return { ...failure, result: 'the write may have been made' };
}
