/**
 * The Redis client without what kv never uses. kv sends words by `sendCommand`, over connections that it chooses
 * itself; loading the client's 400 commands, its own cluster, sentinel and pool, and TLS where nobody speaks
 * it, took more processor time than all the rest of a `kv get` on Redis.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const client = dirname(createRequire(import.meta.url).resolve('@redis/client'));

/** By the name that they are imported by: the modules that take the place of others. */
const replaced = {
  '@redis/client': `
    exports.createClient = require('./lib/client').default.create;
    exports.ErrorReply = require('./lib/errors').ErrorReply;
    exports.RESP_TYPES = require('./lib/RESP/decoder').RESP_TYPES;`,
  // The client sends one command of its own, where there is a password.
  '../commands': `exports.default = { AUTH: require('./lib/commands/AUTH').default };`,
  '../command-metadata': '',
  './pool': '',
  './legacy-mode': '',
  'node:tls': `exports.default = { connect: (options) => require('tls').connect(options) };`,
  'dns/promises': '',
};

export function withSmallRedisClient() {
  const namespace = 'small-redis-client';
  return {
    name: namespace,
    setup(plugins) {
      plugins.onResolve({ filter: /./ }, ({ path, importer }) => {
        const isOwn = path === '@redis/client' || importer.startsWith(client);
        return isOwn && path in replaced ? { path, namespace } : undefined;
      });
      plugins.onLoad({ filter: /./, namespace }, ({ path }) => ({
        contents: `exports.__esModule = true; ${replaced[path]}`,
        resolveDir: client,
      }));
    },
  };
}
