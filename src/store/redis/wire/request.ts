/** What crosses from the thread of the port to the one that knows the wire, and back. */
import type { ErrorCode } from '../../../errors.js';
import type { Milliseconds } from '../../record.js';
import type { Address } from '../address.js';
import type { ScriptName } from './scripts.js';

/** One request to the server that has its keys, which lie in one slot. */
export type Request =
  | {
      readonly kind: 'command';
      /** The name and its arguments. */
      readonly words: readonly (string | Uint8Array)[];
      readonly key: string;
      /** Whether it waits for replicas. It must do no harm when it is made twice. */
      readonly writes: boolean;
    }
  | {
      readonly kind: 'script';
      readonly script: ScriptName;
      readonly keys: readonly string[];
      readonly words: readonly (string | Uint8Array)[];
      readonly writes: boolean;
    };

/** What a server answers: a status or a text as its bytes, undefined for nothing. */
export type Reply = Buffer | number | undefined | readonly Reply[];

/** Requests that are made together, in no order. */
export interface Call {
  /** Of the first call 1. */
  readonly number: number;
  readonly requests: readonly Request[];
  /** How long servers that cannot answer are waited for. */
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

/** What the worker begins with. */
export interface WorkerStart {
  readonly address: Address;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** The number of the call that was answered last. */
  readonly answers: SharedArrayBuffer;
  readonly port: import('node:worker_threads').MessagePort;
}
