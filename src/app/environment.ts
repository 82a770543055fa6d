/** The variables of the environment as the system gave them, which Node does not always pass on. */
import type { Settings } from '../context.js';
import { isDamagedVariable } from '../disk/damaged-variable.js';
import { KvError } from '../errors.js';

/** Those that say where the store is. */
const storeVariables = ['KV_STORE', 'XDG_DATA_HOME', 'HOME'] as const;

/**
 * Throws `usage` for a variable that the settings were taken of and that is not UTF-8: Node replaces
 * what it cannot read by U+FFFD, so that another store or bucket would be opened. Where the system
 * does not show its bytes (no /proc), nothing can be said against it.
 */
export function checkEnvironment({ store, bucket }: Settings, env: NodeJS.ProcessEnv): void {
  if (!store.includes(REPLACEMENT) && !bucket.includes(REPLACEMENT)) return;
  const used = storeVariables.filter((name) => env[name] && store.startsWith(env[name]));
  const names = bucket === env.KV_BUCKET ? [...used, 'KV_BUCKET'] : used;
  const damaged = names.find((name) => isDamagedVariable(name, env));
  if (damaged === undefined) return;
  throw new KvError('usage', `cannot use the environment variable ${damaged}: it is not UTF-8`);
}

/** What Node puts in the place of bytes that are not UTF-8: without it, nothing is looked at. */
const REPLACEMENT = '\ufffd';
