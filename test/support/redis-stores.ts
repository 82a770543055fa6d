/** Stores on a Redis server for the tests of one file, over one connection, each with names of its own. */
import { afterAll, beforeAll } from 'vitest';
import { parseAddress } from '../../src/store/redis/address.js';
import { Bridge } from '../../src/store/redis/bridge.js';
import { RedisStore } from '../../src/store/redis/redis-store.js';
import type { Store } from '../../src/store/store.js';

/** A server, or a cluster of them. */
export interface Servers {
  readonly address: string;
  stop(): Promise<void>;
}

/** Starts the servers for the tests of a suite, and returns what opens an empty store there. */
export function redisStores(start: () => Promise<Servers>): (now?: () => number) => Store {
  let servers: Servers | undefined;
  let bridge: Bridge | undefined;
  let stores = 0;
  beforeAll(async () => {
    servers = await start();
    const address = parseAddress(servers.address);
    bridge = await Bridge.start(address, { user: undefined, password: undefined });
  });
  afterAll(async () => {
    await bridge?.close();
    await servers?.stop();
  });
  return (now) => {
    const store = new RedisStore(bridge!, { prefix: `test${++stores}`, now });
    store.catalogue.make();
    store.close = async () => {};
    return store;
  };
}
