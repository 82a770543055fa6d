/**
 * Brings each request to the server that has its slot, again until it is answered or time is up: over
 * moved slots, failovers, and servers that are down. A write that is sent again is not made again, since
 * its script remembers.
 */
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Milliseconds } from '../../record.js';
import type { Address, Server } from '../address.js';
import { LostRequest } from './lost-request.js';
import type { Failure, Reply, Request } from './request.js';
import { scripts } from './scripts.js';
import { Connection, type Credentials, ErrorReply, NotRedis } from './server.js';
import { slotOf } from './slots.js';

/** What is waited before a request is sent again, doubled each time up to the latter. */
const PAUSE_MS: Milliseconds = 10;
const LONGEST_PAUSE_MS: Milliseconds = 500;

/** How long it may take until a server answers for the first time. */
const CONNECT_MS: Milliseconds = 5000;

/** How much later than it was told to a server may say how many replicas have a write. */
const WAIT_GRACE_MS: Milliseconds = 5000;

/** What a server says when another try is worth it. */
const passing = [
  'CLUSTERDOWN',
  'TRYAGAIN',
  'LOADING',
  'MASTERDOWN',
  'READONLY',
  'BUSY',
  'NOREPLICAS',
];

/** How long a server has to answer, however short patience is. */
const ANSWER_MS: Milliseconds = 2000;

/** On the process's clock: until when a request is sent again, and when its answer is given up. */
interface Deadlines {
  readonly end: Milliseconds;
  readonly answer: Milliseconds;
}

/** Who has a slot, and how many copy it. */
interface Owner {
  readonly server: Server;
  readonly replicas: number;
}

const digests = new Map<string, string>();

export class Delivery {
  readonly #address: Address;
  readonly #credentials: Credentials;
  readonly #connections = new Map<string, Promise<Connection>>();
  /** By their last slot. */
  #owners: readonly (Owner & { readonly last: number })[] = [];
  /** Slots that have been found elsewhere since. */
  readonly #moved = new Map<number, Server>();
  #asking: Promise<void> | undefined;

  constructor(address: Address, credentials: Credentials) {
    this.#address = address;
    this.#credentials = credentials;
  }

  /** The replies in the order of the requests. Rejects with `LostRequest` when none of them is under way. */
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
        const { server, replicas } = await this.#before(until, this.#ownerOf(request));
        const connection = await this.#before(until, this.#connectionTo(asked ?? server));
        const reply = this.#send(connection, request, asked !== undefined);
        wasSent = true;
        const answer = await this.#before(until, reply, connection);
        if (request.writes) await this.#confirm(connection, replicas, until);
        return answer;
      } catch (error) {
        if (error instanceof LostRequest) throw error;
        const redirection = redirectionOf(error);
        asked = redirection?.isAsk ? redirection.server : undefined;
        if (redirection && !this.#address.isCluster) throw ofCluster();
        if (redirection && !redirection.isAsk)
          this.#moved.set(redirection.slot, redirection.server);
        if (!redirection) {
          const failure = failureOf(error);
          const isOver = performance.now() + pause > end;
          if (!isPassing(error) || isOver) {
            throw new LostRequest(
              request.writes && wasSent && isPassing(error) ? uncertain(failure) : failure,
            );
          }
          this.#owners = [];
          this.#moved.clear();
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

  /** Waits until as many replicas have what was written on the connection as are asked for. */
  async #confirm(connection: Connection, known: number, end: Milliseconds): Promise<void> {
    const replicas = this.#address.isCluster ? known : connection.replicas;
    const wanted = this.#address.replicas ?? Math.min(replicas, 1);
    if (wanted === 0) return;
    const left = Math.max(1, Math.floor(end - performance.now()));
    const has = await this.#before(
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

  async #ownerOf(request: Request): Promise<Owner> {
    const { isCluster, servers } = this.#address;
    if (!isCluster) return { server: servers[0]!, replicas: 0 };
    const slot = slotOf(request.kind === 'script' ? request.keys[0]! : request.key);
    if (this.#owners.length === 0) {
      this.#asking ??= this.#askForOwners().finally(() => {
        this.#asking = undefined;
      });
      await this.#asking;
    }
    const owner = this.#owners.find(({ last }) => slot <= last);
    if (owner === undefined) throw new ErrorReply('CLUSTERDOWN Hash slot not served');
    const server = this.#moved.get(slot);
    return server ? { ...owner, server } : owner;
  }

  async #askForOwners(): Promise<void> {
    let fault: unknown;
    const known = [...this.#connections.keys()].map((key) => serverOf(key));
    for (const server of [...this.#address.servers, ...known]) {
      try {
        const connection = await this.#connectionTo(server);
        const ranges = (await connection.send([
          'CLUSTER',
          'SLOTS',
        ])) as readonly (readonly Reply[])[];
        this.#owners = ranges
          .map(([, last, primary, ...replicas]) => {
            const [host, port] = primary as readonly Reply[];
            const name = String(host ?? '') || server.host;
            return {
              last: last as number,
              server: { host: name, port: port as number },
              replicas: replicas.length,
            };
          })
          .sort((one, other) => one.last - other.last);
        if (this.#owners.length > 0) return;
        fault = new ErrorReply('CLUSTERDOWN no slot is served');
      } catch (error) {
        if (error instanceof ErrorReply && /cluster support disabled/i.test(error.message)) {
          throw new LostRequest({
            code: 'usage',
            state: 'its server is part of no cluster',
            hint: 'try: redis:// instead of redis+cluster://',
          });
        }
        fault = error;
      }
    }
    throw fault;
  }

  #connectionTo(server: Server): Promise<Connection> {
    const key = `${server.host} ${server.port}`;
    const found = this.#connections.get(key);
    const opened = found
      ? found.then((connection) => (connection.isOpen ? connection : this.#open(key, server)))
      : this.#open(key, server);
    return opened;
  }

  #open(key: string, server: Server): Promise<Connection> {
    const connection = new Connection(server, this.#credentials);
    const answering = connection.open().then(async () => {
      if (this.#address.isCluster) return connection;
      const role = await connection.send(['ROLE']).catch((error: unknown) => {
        if (error instanceof ErrorReply) return [];
        throw error;
      });
      const [, , replicas] = role as readonly Reply[];
      connection.replicas = Array.isArray(replicas) ? replicas.length : 0;
      return connection;
    });
    const opening = this.#before(performance.now() + CONNECT_MS, answering, connection);
    this.#connections.set(key, opening);
    opening.catch(() => this.#connections.delete(key));
    return opening;
  }

  /** The same, rejected when time is up; what was sent on a connection that does not answer is lost with it. */
  async #before<T>(end: Milliseconds, work: Promise<T>, connection?: Connection): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => {
          reject(new Error('it does not answer'));
          connection?.close();
        },
        Math.max(0, Math.min(end - performance.now(), 2 ** 31 - 1)),
      );
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function serverOf(key: string): Server {
  const [host, port] = key.split(' ');
  return { host: host!, port: Number(port) };
}

function digestOf(script: keyof typeof scripts): string {
  let digest = digests.get(script);
  if (digest === undefined) {
    digest = createHash('sha1').update(scripts[script]).digest('hex');
    digests.set(script, digest);
  }
  return digest;
}

/** `MOVED 3999 127.0.0.1:6381`, and `ASK` likewise: for the next request alone. */
function redirectionOf(error: unknown) {
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

function ofCluster(): LostRequest {
  return new LostRequest({
    code: 'usage',
    state: 'its server is one of a cluster',
    hint: 'try: redis+cluster:// instead of redis://',
  });
}

/** Whether another try is worth it. */
function isPassing(error: unknown): boolean {
  if (error instanceof NotRedis) return false;
  return !(error instanceof ErrorReply) || passing.includes(error.message.split(' ', 1)[0]!);
}

function failureOf(error: unknown): Failure {
  if (error instanceof NotRedis) {
    return { code: 'not-a-store', state: 'what answers there is no Redis server' };
  }
  if (error instanceof ErrorReply) return failureOfReply(error.message);
  const { code, message } = error as NodeJS.ErrnoException;
  return { code: 'busy', state: connectionFaults[code ?? ''] ?? message };
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

/** What cannot be told of a write whose answer was lost. */
function uncertain(failure: Failure): Failure {
  return { ...failure, result: 'the write may have been made' };
}
