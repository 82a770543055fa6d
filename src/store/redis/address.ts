/**
 * The address of a store on Redis: `redis://HOST:PORT/PREFIX`, `redis+cluster://HOST:PORT,HOST:PORT/PREFIX`, and
 * `rediss` for connections that are encrypted.
 */
import { KvError } from '../../errors.js';
import { SHARDS } from './layout.js';
import { redisSchemes, type Scheme } from './schemes.js';

export interface Server {
  readonly host: string;
  readonly port: number;
}

export interface Address extends Scheme {
  /** As it was given, without a password. */
  readonly text: string;
  /** The server; for a cluster, any of its nodes. */
  readonly servers: readonly Server[];
  /** The prefix of each key's name. */
  readonly prefix: string;
  /** How many replicas a write waits for; undefined: one, if there are any. */
  readonly replicas: number | undefined;
  /** The number of shards of new buckets. */
  readonly shards: number;
}

const PORT = 6379;
const PREFIX = 'kv';

/** The most shards of a bucket. */
const SHARDS_LIMIT = 4096;

const EXAMPLE = 'try: redis://HOST:PORT/PREFIX, or redis+cluster://HOST:PORT,HOST:PORT/PREFIX';

/** Throws `usage` for an invalid address; the message names no part that may be a password. */
export function parseAddress(text: string): Address {
  const parts = /^([a-z+]+):\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/i.exec(text);
  const scheme = redisSchemes[parts?.[1]?.toLowerCase() ?? ''];
  if (parts === null || scheme === undefined) throw malformed('it is no address');
  const [, , authority = '', prefix = '', query = ''] = parts;
  if (authority.includes('@')) {
    throw new KvError('usage', 'cannot use the address of a store: it holds a user or a password', {
      hint: 'try: the environment variables KV_STORE_USER and KV_STORE_PASSWORD, or KV_STORE_PASSWORD_FILE',
    });
  }
  if (!scheme.isCluster && authority.includes(','))
    throw malformed('several servers are redis+cluster://');
  if (prefix !== '' && !/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(prefix)) {
    throw malformed('a prefix is a letter, and letters, digits, "_" and "-" behind it, 64 at most');
  }
  const options = new URLSearchParams(query);
  for (const name of options.keys()) {
    if (name !== 'wait' && name !== 'shards') throw malformed(`it has no option "${name}"`);
  }
  return {
    text,
    ...scheme,
    servers: authority.split(',').map(parseServer),
    prefix: prefix || PREFIX,
    replicas: numberOf(options, 'wait', 0, 100),
    shards: numberOf(options, 'shards', 1, SHARDS_LIMIT) ?? SHARDS,
  };
}

function parseServer(text: string): Server {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+))(?::([0-9]{1,5}))?$/i.exec(text);
  const port = Number(parts?.[3] ?? PORT);
  if (parts === null || port === 0 || port > 65_535) {
    throw malformed('a server is a host, and a port behind a colon');
  }
  return { host: parts[1] ?? parts[2]!, port };
}

function numberOf(
  options: URLSearchParams,
  name: string,
  lowest: number,
  highest: number,
): number | undefined {
  const text = options.get(name);
  if (text === null) return undefined;
  const number = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= lowest && number <= highest) return number;
  throw malformed(`"${name}" is a number from ${lowest} to ${highest}`);
}

function malformed(state: string): KvError {
  return new KvError('usage', `cannot use the address of a store: ${state}`, { hint: EXAMPLE });
}
