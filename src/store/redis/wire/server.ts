/**
 * One connection to one server. When it breaks, unanswered commands are rejected, and it never
 * repeats them.
 */
import { createClient, ErrorReply, RESP_TYPES } from '@redis/client';
import type { Milliseconds } from '../../record.js';
import type { Server } from '../address.js';
import type { Credentials } from '../credentials.js';
import type { Reply } from './request.js';

/** How long connecting may take. */
const CONNECT_MS: Milliseconds = 5000;

/** An error that the server reports; its first word is a code: `MOVED`, `OOM`, `NOAUTH`. */
export { ErrorReply };

/** A server that speaks another protocol. */
export class NotRedis extends Error {}

/** A server that was reached, and did not answer as it should: it speaks TLS and the client not, or the other way round. */
export class Unanswered extends Error {
  readonly code: string | undefined;
  readonly hint: string;

  constructor({ message, code }: NodeJS.ErrnoException, isTls: boolean) {
    super(message);
    this.code = code;
    this.hint = isTls
      ? 'if it does not speak TLS: redis:// instead of rediss://'
      : 'if it speaks TLS: rediss:// instead of redis://';
  }
}

function clientOf({ host, port }: Server, { user, password, tls }: Credentials) {
  return createClient({
    RESP: 2,
    socket: {
      host,
      port,
      reconnectStrategy: false,
      connectTimeout: CONNECT_MS,
      ...(tls && { tls: true, ...tls }),
    },
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
  }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
}

export class Connection {
  /** The number of replicas that the server reports. */
  replicas = 0;
  readonly #client: ReturnType<typeof clientOf>;
  #isOpen = true;
  #fault: Error | undefined;

  constructor(server: Server, credentials: Credentials) {
    this.#client = clientOf(server, credentials);
    this.#client.on('error', (error: Error) => {
      this.#fault ??= isForeign(error) ? new NotRedis(error.message) : error;
      this.close();
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Rejects with the error of the system or the server, and `NotRedis`. */
  async open(): Promise<void> {
    try {
      await this.#client.connect();
    } catch (error) {
      this.close();
      throw this.#fault ?? error;
    }
  }

  /**
   * Sends a command, in the order of the calls. Rejects with `ErrorReply`, and when the connection
   * breaks.
   */
  async send(words: readonly (string | Uint8Array)[]): Promise<Reply> {
    try {
      const bytes = words.map((word) => (typeof word === 'string' ? word : Buffer.from(word)));
      return replyOf(await this.#client.sendCommand(bytes));
    } catch (error) {
      throw error instanceof ErrorReply ? error : (this.#fault ?? error);
    }
  }

  /** Idempotent. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#client.destroy();
  }
}

function isForeign(error: Error): boolean {
  return /RESP type/i.test(error.message);
}

/** Statuses become texts; no caller distinguishes them. */
function replyOf(reply: unknown): Reply {
  if (reply === null || reply === undefined) return undefined;
  if (typeof reply === 'number') return reply;
  if (typeof reply === 'string') return Buffer.from(reply);
  if (Array.isArray(reply)) return reply.map(replyOf);
  return reply as Buffer;
}
