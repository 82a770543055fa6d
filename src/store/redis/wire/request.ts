/** The messages between the thread of the port and the one that speaks to servers. */
import type { ErrorCode } from '../../../errors.js';
import type { Milliseconds } from '../../record.js';
import type { Address } from '../address.js';
import type { Credentials } from '../credentials.js';
import type { ScriptName } from './scripts.js';

/** One request to the server of its keys, which are in one slot. */
export type Request =
  | {
      readonly kind: 'command';
      /** The name and arguments of a command. */
      readonly words: readonly (string | Uint8Array)[];
      readonly key: string;
      /** Whether it waits for replicas. Making it twice must do no harm. */
      readonly writes: boolean;
    }
  | {
      readonly kind: 'script';
      readonly script: ScriptName;
      readonly keys: readonly string[];
      readonly words: readonly (string | Uint8Array)[];
      readonly writes: boolean;
    };

/** A server's answer: a status or a text as bytes, undefined for nothing. */
export type Reply = Buffer | number | undefined | readonly Reply[];

/** Requests that are made together, in any order. */
export interface Call {
  /** The first call has 1. */
  readonly number: number;
  readonly requests: readonly Request[];
  /** How long to wait for servers that cannot answer. */
  readonly limit: Milliseconds;
}

/** Why a call failed; `state` ends a message. */
export interface Failure {
  readonly code: ErrorCode;
  readonly state: string;
  readonly result?: string;
  readonly hint?: string;
}

/** The replies in the order of the requests, packed; see `packed-replies.ts`. */
export type Answer = { readonly number: number } & (
  | { readonly replies: ArrayBuffer }
  | { readonly failure: Failure }
);

/** What the worker starts with. */
export interface WorkerStart {
  readonly address: Address;
  readonly credentials: Credentials;
  /** The number of the call answered last. */
  readonly answers: SharedArrayBuffer;
  readonly port: import('node:worker_threads').MessagePort;
}
