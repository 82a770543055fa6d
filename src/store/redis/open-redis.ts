/** Opens a store on Redis by its address. */
import type { Patience } from '../patience.js';
import type { Milliseconds } from '../record.js';
import type { Mode } from '../store.js';
import { parseAddress } from './address.js';
import { Bridge } from './bridge.js';
import { credentialsOf } from './credentials.js';
import { RedisStore } from './redis-store.js';

/**
 * The store at an address. If there is none: undefined; to `write` it is made. Throws `usage` for
 * an invalid address, `busy`, `io`, `full`, `not-a-store`, `unknown-format`. `now` is the clock for
 * expiry; absent: the servers' clock.
 */
export async function openRedisStore(
  text: string,
  mode: Mode,
  patience?: Patience,
  now?: () => Milliseconds,
): Promise<RedisStore | undefined> {
  const address = parseAddress(text);
  const bridge = await Bridge.start(address, credentialsOf(process.env, address.isTls), patience);
  try {
    const store = new RedisStore(bridge, { isReadOnly: mode === 'read', now });
    if (mode === 'write') store.catalogue.make();
    if (store.catalogue.isThere('open the store')) return store;
  } catch (error) {
    await bridge.close();
    throw error;
  }
  await bridge.close();
  return undefined;
}
