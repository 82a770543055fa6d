/**
 * Delivers each request to the server of its slot, and repeats it until it is answered or the time
 * is over: across moved slots, failovers, and servers that are down. A repeated write is not made
 * twice, since its script remembers it.
 */
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Milliseconds } from '../../record.js';
import type { Address, Server } from '../address.js';
import type { Credentials } from '../credentials.js';
import { Connections } from './connections.js';
import { before } from './deadline.js';
import { failureOf, isPassing, uncertain } from './failures.js';
import { LostRequest } from './lost-request.js';
import { redirectionOf } from './redirection.js';
import type { Reply, Request } from './request.js';
import { scripts } from './scripts.js';
import { type Connection, ErrorReply } from './server.js';
import { SlotOwners } from './slot-owners.js';

/** The pause before a request is repeated, doubled each time up to the limit. */
const PAUSE_MS: Milliseconds = 10;
const LONGEST_PAUSE_MS: Milliseconds = 500;

/** How much later than promised a server may say how many replicas have a write. */
const WAIT_GRACE_MS: Milliseconds = 5000;

/** How long a server has to answer, however short the patience. */
const ANSWER_MS: Milliseconds = 2000;

/**
 * On the process's clock: until when a request is repeated, and when waiting for its answer ends.
 */
interface Deadlines {
  readonly end: Milliseconds;
  readonly answer: Milliseconds;
}

const digests = new Map<string, string>();

export class Delivery {
  readonly #address: Address;
  readonly #connections: Connections;
  readonly #owners: SlotOwners;

  constructor(address: Address, credentials: Credentials) {
    this.#address = address;
    this.#connections = new Connections(address, credentials);
    this.#owners = new SlotOwners(address, this.#connections);
  }

  /**
   * The replies in the order of the requests. Rejects with `LostRequest` when none of them is under
   * way.
   */
  async deliver(requests: readonly Request[], limit: Milliseconds): Promise<Reply[]> {
    const now = performance.now();
    const patience = { end: now + limit, answer: now + Math.max(limit, ANSWER_MS) };
    const settled = await Promise.allSettled(
      requests.map((request) => this.#deliver(request, patience)),
    );
    return settled.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
  }

  async #deliver(request: Request, patience: Deadlines): Promise<Reply> {
    const { end, answer: until } = patience;
    let wasSent = false;
    let asked: Server | undefined;
    for (let pause = PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        const { server, replicas } = await this.#owners.of(request, until);
        const connection = await this.#connections.to(asked ?? server, until);
        const reply = this.#send(connection, request, asked !== undefined);
        wasSent = true;
        const answer = await before(until, reply, connection);
        if (request.writes) await this.#confirm(connection, replicas, until);
        return answer;
      } catch (error) {
        if (error instanceof LostRequest) throw error;
        const redirection = redirectionOf(error);
        asked = redirection?.isAsk ? redirection.server : undefined;
        if (redirection && !this.#address.isCluster) throw ofCluster();
        if (redirection && !redirection.isAsk) this.#owners.moved(redirection);
        if (!redirection) {
          const failure = failureOf(error);
          const isOver = performance.now() + pause > end;
          if (!isPassing(error) || isOver) {
            throw new LostRequest(
              request.writes && wasSent && isPassing(error) ? uncertain(failure) : failure,
            );
          }
          this.#owners.forget();
        }
        if (!redirection || pause > PAUSE_MS) await wait(pause);
      }
    }
  }

  #send(connection: Connection, request: Request, isAsking: boolean): Promise<Reply> {
    if (isAsking) connection.send(['ASKING']).catch(() => {});
    if (request.kind === 'command') return connection.send(request.words);
    const { script, keys, words } = request;
    const rest = [String(keys.length), ...keys, ...words];
    const sent = connection.send(['EVALSHA', digestOf(script), ...rest]);
    return sent.catch((error: unknown) => {
      if (!(error instanceof ErrorReply) || !error.message.startsWith('NOSCRIPT')) throw error;
      if (isAsking) connection.send(['ASKING']).catch(() => {});
      return connection.send(['EVAL', scripts[script], ...rest]);
    });
  }

  /** Waits until as many replicas as requested have what was written on the connection. */
  async #confirm(connection: Connection, known: number, end: Milliseconds): Promise<void> {
    const replicas = this.#address.isCluster ? known : connection.replicas;
    const wanted = this.#address.replicas ?? Math.min(replicas, 1);
    if (wanted === 0) return;
    const left = Math.max(1, Math.floor(end - performance.now()));
    const has = await before(
      end + WAIT_GRACE_MS,
      connection.send(['WAIT', String(wanted), String(left)]),
      connection,
    );
    if ((has as number) >= wanted) return;
    throw new LostRequest({
      code: 'busy',
      state: `it was written, and ${has} of the ${wanted} replicas that are waited for have it`,
      result: 'it may be lost when its server is',
    });
  }
}

function digestOf(script: keyof typeof scripts): string {
  let digest = digests.get(script);
  if (digest === undefined) {
    digest = createHash('sha1').update(scripts[script]).digest('hex');
    digests.set(script, digest);
  }
  return digest;
}

function ofCluster(): LostRequest {
  return new LostRequest({
    code: 'usage',
    state: 'its server is one of a cluster',
    hint: 'try: redis+cluster:// instead of redis://',
  });
}
