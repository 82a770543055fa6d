/** One connection to one server. What is not answered when it breaks is rejected, and never sent again by it. */
import { createClient, ErrorReply, RESP_TYPES } from '@redis/client';
import type { Milliseconds } from '../../record.js';
import type { Server } from '../address.js';
import type { Reply } from './request.js';

/** How long a connection may take to be made. */
const CONNECT_MS: Milliseconds = 5000;

export interface Credentials {
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** What a server says is wrong; its first word is a code: `MOVED`, `OOM`, `NOAUTH`. */
export { ErrorReply };

/** A server that speaks another protocol. */
export class NotRedis extends Error {}

function clientOf({ host, port }: Server, { user, password }: Credentials) {
  return createClient({
    RESP: 2,
    socket: { host, port, reconnectStrategy: false, connectTimeout: CONNECT_MS },
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
  }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
}

export class Connection {
  /** What the server said of itself: how many replicas it has. */
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

  /** Rejects with what the system or the server says, and `NotRedis`. */
  async open(): Promise<void> {
    try {
      await this.#client.connect();
    } catch (error) {
      this.close();
      throw this.#fault ?? error;
    }
  }

  /** Sends a command, before those that are sent later. Rejects with `ErrorReply`, and when the connection breaks. */
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

/** Statuses are texts here, which is all the same to who asks. */
function replyOf(reply: unknown): Reply {
  if (reply === null || reply === undefined) return undefined;
  if (typeof reply === 'number') return reply;
  if (typeof reply === 'string') return Buffer.from(reply);
  if (Array.isArray(reply)) return reply.map(replyOf);
  return reply as Buffer;
}
