/** The messages for connections that could not be encrypted as they have to be; another try does not help. */
import type { Failure } from './request.js';

/** Undefined for other errors. The codes are those of OpenSSL, as Node passes them on. */
export function tlsFailureOf(error: unknown): Failure | undefined {
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  const known = failures[code];
  if (known) return { code: 'io', ...known };
  if (code.startsWith('ERR_OSSL_')) {
    const state = `the certificates or the key that were given cannot be used: ${reasonIn(message)}`;
    return { code: 'io', state };
  }
  if (!/^ERR_(SSL|TLS)_|^CERT_|_CERT(_|$)/.test(code)) return undefined;
  return { code: 'io', state: `TLS with its server failed: ${reasonIn(message)}` };
}

type Told = Omit<Failure, 'code'>;

const untrusted: Told = {
  state: 'nobody who is trusted vouches for the certificate of its server',
  hint: 'try: KV_STORE_CA_FILE=PATH, with the certificate of who does',
};

const unshown: Told = {
  state: 'its server asks for a certificate',
  hint: 'try: KV_STORE_CERT_FILE=PATH and KV_STORE_KEY_FILE=PATH',
};

const refused: Told = { state: 'its server does not accept the certificate that it was shown' };

const unencrypted: Told = {
  state: 'its server does not speak TLS',
  hint: 'try: redis:// instead of rediss://, where nobody else listens',
};

const failures: Readonly<Record<string, Told>> = {
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_HAS_EXPIRED: { state: 'the certificate of its server has expired' },
  CERT_NOT_YET_VALID: { state: 'the certificate of its server is not valid yet' },
  ERR_TLS_CERT_ALTNAME_INVALID: { state: 'the certificate of its server is that of another host' },
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: unshown,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: unshown,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: refused,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: refused,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: refused,
  ERR_SSL_WRONG_VERSION_NUMBER: unencrypted,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: unencrypted,
};

/** OpenSSL's own words, behind its number, its library and its function. */
function reasonIn(message: string): string {
  return /error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/.exec(message)?.[1] ?? message.trim();
}
