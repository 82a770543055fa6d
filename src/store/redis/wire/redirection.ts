/** A redirection: another server has the slot. */
import type { Server } from '../address.js';
import { ErrorReply } from './server.js';

export interface Redirection {
  /** For the next request alone. */
  readonly isAsk: boolean;
  readonly slot: number;
  readonly server: Server;
}

/** `MOVED 3999 127.0.0.1:6381`, or `ASK` likewise; undefined for other errors. */
export function redirectionOf(error: unknown): Redirection | undefined {
  if (!(error instanceof ErrorReply)) return undefined;
  const parts = /^(MOVED|ASK) ([0-9]+) (.*):([0-9]+)$/.exec(error.message);
  if (parts === null) return undefined;
  const [, kind, slot, host, port] = parts;
  return {
    isAsk: kind === 'ASK',
    slot: Number(slot),
    server: { host: host!, port: Number(port) },
  };
}
