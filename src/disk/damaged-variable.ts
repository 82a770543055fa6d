/** Variables of the environment whose bytes Node does not pass on. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';

/** What Node puts in the place of bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd';

/**
 * Whether a variable is not UTF-8, so that its value in `env` is another than the system gave. False
 * where the system does not show its bytes (no /proc).
 */
export function isDamagedVariable(name: string, env: NodeJS.ProcessEnv): boolean {
  if (!env[name]?.includes(REPLACEMENT)) return false;
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
