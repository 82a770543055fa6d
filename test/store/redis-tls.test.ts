/** Encrypted connections to a store on Redis, by `kv` itself: what it trusts, what it shows, and what it says else. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Certified, certify, hasOpenssl } from '../support/certificates.js';
import { freePort, hasRedis, type RedisServer, startRedis } from '../support/redis-server.js';
import { Shell } from '../support/shell.js';

const run = promisify(execFile);

describe.skipIf(!hasRedis || !hasOpenssl)('a store on Redis over TLS', () => {
  let files: string;
  const servers: RedisServer[] = [];
  let own: Certified;
  let other: Certified;
  /** Asks each client for a certificate, as Redis does by default; the second asks none. */
  let strict: string;
  let lenient: string;

  const start = async (options: readonly string[] = []) => {
    const port = await freePort();
    const tls = ['--tls-cert-file', own.cert, '--tls-key-file', own.key];
    const words = ['--port', '0', '--tls-port', String(port), '--tls-ca-cert-file', own.ca];
    servers.push(await startRedis([...words, ...tls, ...options], port));
    return port;
  };

  beforeAll(async () => {
    files = realpathSync(mkdtempSync(join(tmpdir(), 'kv-tls-')));
    own = certify(files, 'own');
    other = certify(files, 'other');
    strict = `rediss://127.0.0.1:${await start()}`;
    lenient = `rediss://127.0.0.1:${await start(['--tls-auth-clients', 'no', '--requirepass', 'p'])}`;
  });

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(files, { recursive: true, force: true });
  });

  /** What it prints, or its status and what it says. */
  const kv = async (store: string, env: NodeJS.ProcessEnv, ...words: readonly string[]) => {
    const options = { env: { KV_STORE: store, ...env } };
    const { status, text, stderr } = await new Shell().run(`kv ${words.join(' ')}`, options);
    return status === 0 ? text : [status, ...stderr.trim().split('\n')];
  };
  const identity = ({ cert, key }: Certified) => ({
    KV_STORE_CERT_FILE: cert,
    KV_STORE_KEY_FILE: key,
  });
  const known = () => ({ KV_STORE_CA_FILE: own.ca, ...identity(own) });
  const failed = (store: string, state: string, hint?: string) => [
    6,
    `kv: cannot open the store at "${store}": ${state}`,
    ...(hint ? [hint] : []),
  ];

  test('is used like any other, with a certificate or a password', async () => {
    expect(await kv(strict, known(), 'set', 'key', 'value')).toBe('');
    expect(await kv(strict, known(), 'get', 'key')).toBe('value');
    const env = { KV_STORE_CA_FILE: own.ca, KV_STORE_PASSWORD: 'p' };
    expect(await kv(lenient, env, 'incr', 'n')).toBe('1\n');
    expect(await kv(lenient, { KV_STORE_CA_FILE: own.ca }, 'incr', 'n')).toEqual(
      failed(
        lenient,
        'its server asks for a password',
        'try: KV_STORE_PASSWORD_FILE=PATH, or KV_STORE_PASSWORD',
      ),
    );
  });

  test('a server for which nobody vouches is not spoken to', async () => {
    const told = failed(
      lenient,
      'nobody who is trusted vouches for the certificate of its server',
      'try: KV_STORE_CA_FILE=PATH, with the certificate of who does',
    );
    expect(await kv(lenient, { KV_STORE_PASSWORD: 'p' }, 'get', 'key')).toEqual(told);
    const env = { KV_STORE_PASSWORD: 'p', KV_STORE_CA_FILE: other.ca };
    expect(await kv(lenient, env, 'get', 'key')).toEqual(told);
  });

  test('nor is one whose certificate names another host', async () => {
    const store = lenient.replace('127.0.0.1', 'localhost');
    const state = 'the certificate of its server is that of another host';
    expect(await kv(store, { KV_STORE_CA_FILE: own.ca }, 'get', 'a')).toEqual(failed(store, state));
  });

  test('a server that asks for a certificate is shown one that it knows', async () => {
    expect(await kv(strict, { KV_STORE_CA_FILE: own.ca }, 'get', 'key')).toEqual(
      failed(
        strict,
        'its server asks for a certificate',
        'try: KV_STORE_CERT_FILE=PATH and KV_STORE_KEY_FILE=PATH',
      ),
    );
    expect(await kv(strict, { ...known(), ...identity(other) }, 'get', 'key')).toEqual(
      failed(strict, 'its server does not accept the certificate that it was shown'),
    );
    const mixed = { ...known(), KV_STORE_KEY_FILE: other.key };
    const state = 'the certificates or the key that were given cannot be used: key values mismatch';
    expect(await kv(strict, mixed, 'get', 'key')).toEqual(failed(strict, state));
  });

  test('files that are none, and a key that others may read, are named', async () => {
    const line = async (env: NodeJS.ProcessEnv) =>
      ((await kv(strict, { ...known(), ...env }, 'get', 'a')) as unknown[]).slice(0, 2);
    const path = join(files, 'none.pem');
    writeFileSync(path, 'none');
    expect(await line({ KV_STORE_CA_FILE: path })).toEqual([
      2,
      `kv: cannot use the certificates in "${path}": it is no PEM file with any`,
    ]);
    expect(await line({ KV_STORE_CA_FILE: `${path}x` })).toEqual([
      6,
      `kv: cannot read the certificates in "${path}x": no such file or directory`,
    ]);
    expect(await line({ KV_STORE_KEY_FILE: '' })).toEqual([
      2,
      'kv: KV_STORE_CERT_FILE and KV_STORE_KEY_FILE need each other',
    ]);
    chmodSync(other.key, 0o644);
    expect(await line(identity(other))).toEqual([
      2,
      `kv: cannot use the key in "${other.key}": others may read the file`,
    ]);
  });

  test('one side that speaks TLS and one that does not are told how to meet', async () => {
    const plain = await startRedis();
    onTestFinished(() => plain.stop());
    const encrypted = plain.address.replace('redis:', 'rediss:');
    expect(await kv(encrypted, known(), 'get', 'key', '--wait', '0')).toEqual([
      5,
      `kv: cannot open the store at "${encrypted}": it does not answer`,
      'if it does not speak TLS: redis:// instead of rediss://',
    ]);
    const bare = strict.replace('rediss:', 'redis:');
    expect(await kv(bare, {}, 'get', 'key', '--wait', '0')).toEqual([
      5,
      `kv: cannot open the store at "${bare}": its server ended the connection`,
      'if it speaks TLS: rediss:// instead of redis://',
    ]);
  });

  test('a cluster leads from one of its servers to another', async () => {
    const options = ['--cluster-enabled', 'yes', '--tls-cluster', 'yes'];
    const ports = [await start(options), await start(options)] as const;
    const ask = async (port: number, ...words: readonly (string | number)[]) => {
      const tls = ['--tls', '--cacert', own.ca, '--cert', own.cert, '--key', own.key];
      return (await run('redis-cli', ['-p', String(port), ...tls, ...words.map(String)])).stdout;
    };
    await ask(ports[0], 'CLUSTER', 'ADDSLOTSRANGE', 0, 8191);
    await ask(ports[1], 'CLUSTER', 'ADDSLOTSRANGE', 8192, 16_383);
    await ask(ports[0], 'CLUSTER', 'MEET', '127.0.0.1', ports[1]);
    for (const port of ports) {
      while (!/cluster_state:ok/.test(await ask(port, 'CLUSTER', 'INFO')));
    }
    const store = `rediss+cluster://127.0.0.1:${ports[0]}`;
    const keys = Array.from({ length: 20 }, (_, index) => `key${index + 10}`);
    expect(await kv(store, known(), 'set-many', ...keys.map((key) => `${key}=${key}`))).toBe('');
    expect(await kv(store, known(), 'keys')).toBe(`${keys.join('\n')}\n`);
    for (const port of ports)
      expect(await ask(port, '--scan', '--pattern', '{kv.*:r')).not.toBe('');
  });
});
