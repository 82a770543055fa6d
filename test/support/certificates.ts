/** Certificates for the tests of TLS, made by openssl: an authority, and what it vouches for. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of PEM files. */
export interface Certified {
  readonly ca: string;
  /** For 127.0.0.1. */
  readonly cert: string;
  readonly key: string;
}

export const hasOpenssl = isThere();

function isThere(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const DAYS = ['-days', '36500'];

/** Makes an authority in a folder, whose files begin with a name, and a certificate of it. */
export function certify(folder: string, name: string): Certified {
  const file = (ending: string) => join(folder, `${name}-${ending}`);
  const openssl = (...words: readonly string[]) =>
    execFileSync('openssl', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const [ca, caKey, cert, key] = ['ca.pem', 'ca.key', 'cert.pem', 'cert.key'].map(file);
  openssl(
    'req',
    '-x509',
    ...NEW_KEY,
    ...DAYS,
    '-subj',
    `/CN=${name}`,
    '-keyout',
    caKey!,
    '-out',
    ca!,
  );
  openssl('req', ...NEW_KEY, '-subj', '/CN=server', '-keyout', key!, '-out', file('request'));
  writeFileSync(file('names'), 'subjectAltName=IP:127.0.0.1\n');
  const signing = ['-CA', ca!, '-CAkey', caKey!, '-CAcreateserial', '-extfile', file('names')];
  openssl('x509', '-req', '-in', file('request'), ...signing, ...DAYS, '-out', cert!);
  return { ca: ca!, cert: cert!, key: key! };
}
