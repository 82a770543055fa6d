/** The environment variables: their meanings, and which of them Node has passed on damaged. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import type { Settings } from '../context.js';
import { KvError } from '../errors.js';
import { placeInWords, variablesOf } from './user-folder.js';

/** The meaning of each variable, for help and the man page. */
export const environment = {
  KV_STORE: 'the store, where no --store is given',
  KV_STORE_USER: 'user of a store on Redis',
  KV_STORE_PASSWORD: 'password of a store on Redis',
  KV_STORE_PASSWORD_FILE: 'file of mode 0600 whose first line that password is',
  KV_STORE_CA_FILE: 'for a store on rediss://, who vouches for its servers',
  KV_STORE_CERT_FILE: 'the certificate that these servers are shown',
  KV_STORE_KEY_FILE: 'file of mode 0600 with the key of that certificate',
  KV_BUCKET: 'bucket to work in, where no --bucket is given',
  KV_WAIT: 'how long to wait for another writer, where no --wait is given',
  XDG_DATA_HOME: `where the default store is: ${placeInWords('data', 'store')}`,
  XDG_CACHE_HOME: `where compiled code is kept for the next start: ${placeInWords('cache', 'code-*')}`,
  NO_COLOR: 'no colour, where --color does not say otherwise',
  FORCE_COLOR: 'colour even in a pipe or a file; NO_COLOR beats it',
  TERM: 'when "dumb", no colour, and no moves of the cursor',
  KV_DEBUG: 'when 1, errors come with their stack trace',
  KV_NO_CACHE: 'when set, kv neither keeps its compiled code nor takes what is kept',
  KV_TRACE: 'when "start", the time that each step of the start took is printed on stderr',
} as const;

/**
 * Throws `usage` if a variable that the settings use is not UTF-8: another store or bucket would be
 * opened.
 */
export function checkEnvironment({ store, bucket }: Settings, env: NodeJS.ProcessEnv): void {
  const damaged =
    damagedVariable(store, ['KV_STORE', ...variablesOf('data')], env) ??
    damagedVariable(bucket, ['KV_BUCKET'], env);
  if (damaged === undefined) return;
  throw new KvError('usage', `cannot use the environment variable ${damaged}: it is not UTF-8`);
}

/**
 * The variable that `text` begins with and that is not UTF-8: Node replaces invalid bytes by
 * U+FFFD. Undefined if there is none, or where the system does not show the bytes (no /proc).
 */
export function damagedVariable(
  text: string,
  names: readonly string[],
  env: NodeJS.ProcessEnv,
): string | undefined {
  if (!text.includes(REPLACEMENT)) return undefined;
  const used = names.filter((name) => env[name] && text.startsWith(env[name]));
  return used.find((name) => env[name]!.includes(REPLACEMENT) && isDamaged(name));
}

/** Node's replacement for bytes that are not UTF-8. */
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
