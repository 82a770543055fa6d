/**
 * What this side proves itself with to the servers of a store on Redis, and by what it knows them. It comes from
 * the environment and from files: a password does not belong on a command line, which others can read.
 */
import { readFileSync, statSync } from 'node:fs';
import { ioError, KvError } from '../../errors.js';

export interface Credentials {
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** For an encrypted connection; absent: as Node does it. */
  readonly tls?: TlsFiles;
}

/** The contents of PEM files. */
export interface TlsFiles {
  /** Certificates of those who vouch for servers; absent: those that Node knows. */
  readonly ca?: string;
  /** The certificate of this side and its private key; absent: it shows none. */
  readonly cert?: string;
  readonly key?: string;
}

/** The bits of a file's mode for others than its owner. */
const OTHERS = 0o077;

/**
 * From the environment: `KV_STORE_USER`, and `KV_STORE_PASSWORD` or the first line of the file
 * `KV_STORE_PASSWORD_FILE`; for TLS the files `KV_STORE_CA_FILE`, `KV_STORE_CERT_FILE` and `KV_STORE_KEY_FILE`.
 * Throws `usage` for two passwords, for a certificate without a key or a key without a certificate, and for a
 * password or a key that others may read; `io`.
 */
export function credentialsOf(env: NodeJS.ProcessEnv, isTls = false): Credentials {
  const { KV_STORE_USER: user, KV_STORE_PASSWORD: password, KV_STORE_PASSWORD_FILE: path } = env;
  if (path && password) {
    throw new KvError('usage', 'KV_STORE_PASSWORD and KV_STORE_PASSWORD_FILE exclude each other');
  }
  return {
    user: user || undefined,
    password: path ? passwordIn(path) : password || undefined,
    ...(isTls && { tls: tlsFiles(env) }),
  };
}

function passwordIn(path: string): string {
  return secretIn('password', path).split(/\r?\n/, 1)[0]!;
}

function tlsFiles(env: NodeJS.ProcessEnv): TlsFiles {
  const { KV_STORE_CA_FILE: ca, KV_STORE_CERT_FILE: cert, KV_STORE_KEY_FILE: key } = env;
  if (!cert !== !key) {
    throw new KvError('usage', 'KV_STORE_CERT_FILE and KV_STORE_KEY_FILE need each other');
  }
  return {
    ...(ca && { ca: pemIn('certificates', ca, 'CERTIFICATE') }),
    ...(cert && { cert: pemIn('certificate', cert, 'CERTIFICATE') }),
    ...(key && { key: secretIn('key', key) }),
  };
}

/** Throws `usage` for another kind of file: TLS would take it as one without certificates. */
function pemIn(what: string, path: string, label: string): string {
  const text = textIn(what, path);
  if (text.includes(`-----BEGIN ${label}-----`)) return text;
  throw new KvError('usage', `cannot use the ${what} in "${path}": it is no PEM file with any`);
}

function secretIn(what: string, path: string): string {
  return textIn(what, path, () => {
    if ((statSync(path).mode & OTHERS) === 0) return;
    throw new KvError('usage', `cannot use the ${what} in "${path}": others may read the file`, {
      hint: 'try: chmod 600, for its owner alone',
    });
  });
}

function textIn(what: string, path: string, check = () => {}): string {
  try {
    check();
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw ioError(`read the ${what} in "${path}"`, error);
  }
}
