/** The variables of the environment as the system gave them, which Node does not always pass on. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import type { Settings } from '../context.js';
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
  const damaged = names.find((name) => env[name]!.includes(REPLACEMENT) && isDamaged(name));
  if (damaged === undefined) return;
  throw new KvError('usage', `cannot use the environment variable ${damaged}: it is not UTF-8`);
}

const REPLACEMENT = '\ufffd';

function isDamaged(name: string): boolean {
  let variables: Buffer;
  try {
    variables = readFileSync('/proc/self/environ');
  } catch {
    return false;
  }
  const start = `\0${name}=`;
  const at = Buffer.concat([Buffer.of(0), variables]).indexOf(start);
  if (at === -1) return false;
  const from = at + start.length - 1;
  const end = variables.indexOf(0, from);
  return !isUtf8(variables.subarray(from, end === -1 ? variables.length : end));
}
