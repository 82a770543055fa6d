/**
 * The user and password for a store on Redis. A password does not belong on a command line, which
 * others can read.
 */
import { readFileSync, statSync } from 'node:fs';
import { ioError, KvError } from '../../errors.js';

export interface Credentials {
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** The bits of a file's mode for others than its owner. */
const OTHERS = 0o077;

/**
 * From the environment: `KV_STORE_USER`, and `KV_STORE_PASSWORD` or the first line of the file
 * `KV_STORE_PASSWORD_FILE`. Throws `usage` for both and for a file that others may read, `io`.
 */
export function credentialsOf(env: NodeJS.ProcessEnv): Credentials {
  const { KV_STORE_USER: user, KV_STORE_PASSWORD: password, KV_STORE_PASSWORD_FILE: path } = env;
  if (!path) return { user: user || undefined, password: password || undefined };
  if (password) {
    throw new KvError('usage', 'KV_STORE_PASSWORD and KV_STORE_PASSWORD_FILE exclude each other');
  }
  return { user: user || undefined, password: passwordIn(path) };
}

function passwordIn(path: string): string {
  try {
    if ((statSync(path).mode & OTHERS) !== 0) {
      throw new KvError('usage', `cannot use the password in "${path}": others may read the file`, {
        hint: 'try: chmod 600, for its owner alone',
      });
    }
    return readFileSync(path, 'utf8').split(/\r?\n/, 1)[0]!;
  } catch (error) {
    throw ioError(`read the password in "${path}"`, error);
  }
}
