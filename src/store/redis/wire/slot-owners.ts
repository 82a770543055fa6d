/**
 * The server of each slot: in a cluster, what its servers said last, and what redirections have
 * said since.
 */
import type { Milliseconds } from '../../record.js';
import type { Address, Server } from '../address.js';
import type { Connections } from './connections.js';
import { before } from './deadline.js';
import { LostRequest } from './lost-request.js';
import type { Redirection } from './redirection.js';
import type { Reply, Request } from './request.js';
import { ErrorReply } from './server.js';
import { slotOf } from './slots.js';

/** The server of a slot, and its number of replicas. */
export interface Owner {
  readonly server: Server;
  readonly replicas: number;
}

export class SlotOwners {
  readonly #address: Address;
  readonly #connections: Connections;
  /** By their last slot; empty before the servers are asked. */
  #owners: readonly (Owner & { readonly last: number })[] = [];
  /** Slots that redirections have shown elsewhere since. */
  readonly #moved = new Map<number, Server>();
  #asking: Promise<void> | undefined;

  constructor(address: Address, connections: Connections) {
    this.#address = address;
    this.#connections = connections;
  }

  /**
   * Rejects at `end`, with `LostRequest` if the servers do not belong to a cluster, and with the last
   * server's error.
   */
  async of(request: Request, end: Milliseconds): Promise<Owner> {
    const { isCluster, servers } = this.#address;
    if (!isCluster) return { server: servers[0]!, replicas: 0 };
    const slot = slotOf(request.kind === 'script' ? request.keys[0]! : request.key);
    if (this.#owners.length === 0) {
      this.#asking ??= this.#ask(end).finally(() => {
        this.#asking = undefined;
      });
      await before(end, this.#asking);
    }
    const owner = this.#owners.find(({ last }) => slot <= last);
    if (owner === undefined) throw new ErrorReply('CLUSTERDOWN Hash slot not served');
    const server = this.#moved.get(slot);
    return server ? { ...owner, server } : owner;
  }

  /** Notes where a slot is now. */
  moved({ slot, server }: Redirection): void {
    this.#moved.set(slot, server);
  }

  /** Asks the servers again the next time: they may have changed. */
  forget(): void {
    this.#owners = [];
    this.#moved.clear();
  }

  async #ask(end: Milliseconds): Promise<void> {
    let fault: unknown;
    for (const server of [...this.#address.servers, ...this.#connections.servers]) {
      try {
        const connection = await this.#connections.to(server, end);
        this.#owners = ownersOf(await connection.send(['CLUSTER', 'SLOTS']), server);
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
}

/** From the answer to `CLUSTER SLOTS`; a server that does not know its own host leaves it empty. */
function ownersOf(ranges: Reply, asked: Server): (Owner & { readonly last: number })[] {
  return (ranges as readonly (readonly Reply[])[])
    .map(([, last, primary, ...replicas]) => {
      const [host, port] = primary as readonly Reply[];
      const name = String(host ?? '') || asked.host;
      return {
        last: last as number,
        server: { host: name, port: port as number },
        replicas: replicas.length,
      };
    })
    .sort((one, other) => one.last - other.last);
}
