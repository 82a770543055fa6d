/** One connection to each server, opened when it is first needed. */
import type { Milliseconds } from '../../record.js';
import type { Address, Server } from '../address.js';
import type { Credentials } from '../credentials.js';
import { before, Late } from './deadline.js';
import type { Reply } from './request.js';
import { Connection, ErrorReply, Unanswered } from './server.js';

/** How long a server may take to answer for the first time. */
const CONNECT_MS: Milliseconds = 5000;

export class Connections {
  readonly #address: Address;
  readonly #credentials: Credentials;
  readonly #made = new Map<string, Promise<Connection>>();

  constructor(address: Address, credentials: Credentials) {
    this.#address = address;
    this.#credentials = credentials;
  }

  /** The servers with a connection, open or being opened. */
  get servers(): Server[] {
    return [...this.#made.keys()].map(serverOf);
  }

  /** Rejects at `end`, with the error of the system or the server, and with `NotRedis`. */
  async to(server: Server, end: Milliseconds): Promise<Connection> {
    try {
      return await before(end, this.#to(server));
    } catch (error) {
      throw this.#isUnanswered(error) ? new Unanswered(error as Error, this.#address.isTls) : error;
    }
  }

  #to(server: Server): Promise<Connection> {
    const key = `${server.host} ${server.port}`;
    const found = this.#made.get(key);
    if (found === undefined) return this.#open(key, server);
    return found.then((connection) => (connection.isOpen ? connection : this.#open(key, server)));
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
    const opening = before(performance.now() + CONNECT_MS, answering, connection);
    this.#made.set(key, opening);
    opening.catch(() => this.#made.delete(key));
    return opening;
  }

  #isUnanswered(error: unknown): boolean {
    if (this.#address.isTls) return error instanceof Late;
    return (error as NodeJS.ErrnoException).code === 'ECONNRESET';
  }
}

function serverOf(key: string): Server {
  const [host, port] = key.split(' ');
  return { host: host!, port: Number(port) };
}
