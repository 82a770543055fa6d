/** What of a store on Redis is its own; what it has of every store is in `conformance/redis.test.ts`. */
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../src/store/open.js';
import { parseAddress } from '../../src/store/redis/address.js';
import { Bridge } from '../../src/store/redis/bridge.js';
import { credentialsOf } from '../../src/store/redis/credentials.js';
import { RedisStore } from '../../src/store/redis/redis-store.js';
import type { Store } from '../../src/store/store.js';
import { codeOf } from '../support/error-code.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { freePort, hasRedis, type RedisServer, startRedis } from '../support/redis-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { bytesOf, keysOf, put, textOf, uploadOf } from './conformance/subject.js';

const NOBODY = { user: undefined, password: undefined };

describe('the address of a store on Redis', () => {
  test('names servers, a prefix, and what writes wait for', () => {
    expect(parseAddress('redis://h')).toMatchObject({
      isCluster: false,
      servers: [{ host: 'h', port: 6379 }],
      prefix: 'kv',
      replicas: undefined,
      shards: 16,
    });
    expect(parseAddress('REDIS+CLUSTER://a:1,[::1]:2/p_-9?wait=2&shards=64')).toMatchObject({
      isCluster: true,
      servers: [
        { host: 'a', port: 1 },
        { host: '::1', port: 2 },
      ],
      prefix: 'p_-9',
      replicas: 2,
      shards: 64,
    });
  });

  test.each([
    'redis://',
    'redis://h:0',
    'redis://h:65536',
    'redis://h:x',
    'redis://a,b',
    'redis+cluster://a,,b',
    'redis://u:secret@h',
    'redis://h/0',
    'redis://h/a/b',
    'redis://h/a b',
    'redis://h/{a}',
    'redis://h?wait=-1',
    'redis://h?wait=x',
    'redis://h?shards=0',
    'redis://h?nope=1',
    'redis://h#a',
  ])('is refused where it is none: %s', (text) => {
    expect(codeOf(() => parseAddress(text))).toBe('usage');
    expect(() => parseAddress(text)).not.toThrow('secret');
  });

  test('has its user and password beside it, in a file for its owner alone', () => {
    expect(credentialsOf({})).toEqual(NOBODY);
    expect(credentialsOf({ KV_STORE_USER: 'u', KV_STORE_PASSWORD: 'p' })).toEqual({
      user: 'u',
      password: 'p',
    });
    const path = join(temporaryFolder(), 'password');
    writeFileSync(path, 'open sesame\nmore\n', { mode: 0o600 });
    const env = { KV_STORE_PASSWORD_FILE: path };
    expect(credentialsOf(env).password).toBe('open sesame');
    expect(codeOf(() => credentialsOf({ ...env, KV_STORE_PASSWORD: 'p' }))).toBe('usage');
    chmodSync(path, 0o640);
    expect(codeOf(() => credentialsOf(env))).toBe('usage');
    expect(codeOf(() => credentialsOf({ KV_STORE_PASSWORD_FILE: `${path}x` }))).toBe('io');
  });
});

test('the client is loaded without its commands, its cluster, and TLS', () => {
  const code = readFileSync(new URL('../../dist/redis-worker.cjs', import.meta.url), 'utf8');
  expect(code).not.toMatch(/GEOSEARCHSTORE|require\("(node:)?dns/);
  // By the one function that needs it.
  expect(code.match(/.{5}require\("(node:)?tls"\)/g)).toEqual([expect.stringContaining('=>')]);
});

describe.skipIf(!hasRedis)('a store on a Redis server', () => {
  let server: RedisServer;
  let bridge: Bridge;
  let prefixes = 0;

  beforeAll(async () => {
    server = await startRedis();
    bridge = await Bridge.start(parseAddress(server.address), NOBODY);
  });

  afterAll(async () => {
    await bridge?.close();
    await server?.stop();
  });

  /** Clients of one store that is empty. */
  const openClients = (count: number): RedisStore[] => {
    const prefix = `test${++prefixes}`;
    const stores = Array.from({ length: count }, () => new RedisStore(bridge, { prefix }));
    stores[0]!.catalogue.make();
    return stores;
  };
  const ask = (...words: (string | Uint8Array)[]) =>
    bridge.call('ask', [{ kind: 'command', words, key: 'any', writes: false }])[0];
  const keysLike = (pattern: string) => (ask('KEYS', pattern) as Buffer[]).map(String).sort();
  /** Seconds until a key goes; -1: it stays. */
  const secondsLeft = (key: string) => ask('TTL', key) as number;

  test('is there when something has written to it, and is opened by openStore()', async () => {
    const address = `${server.address}/opened`;
    expect(await openStore(address, 'read')).toBeUndefined();
    expect(await openStore(address, 'change')).toBeUndefined();
    const store = (await openStore(address, 'write'))!;
    put(store, store.ensureBucket('default'), 'key', 'value');
    await store.close();
    const again = (await openStore(address, 'read'))!;
    const bucket = again.bucket('default')!;
    expect(textOf(bucket, 'key')).toBe('value');
    expect(codeOf(() => bucket.delete('key'))).toBe('read-only');
    expect(codeOf(() => again.ensureBucket('new'))).toBe('read-only');
    expect(codeOf(() => put(again, bucket, 'key', 'new'))).toBe('read-only');
    await again.close();
  });

  test('of an unknown format is refused', async () => {
    ask('HSET', '{newer}:f', 'format', '99');
    await expect(openStore(`${server.address}/newer`, 'read')).rejects.toMatchObject({
      code: 'unknown-format',
    });
  });

  test('another client’s rename, delete and create of a bucket are seen at once', async () => {
    const [one, other] = openClients(2) as [RedisStore, RedisStore];
    const bucket = one.createBucket('a');
    put(one, bucket, 'key', 'value');
    expect(textOf(other.bucket('a')!, 'key')).toBe('value');
    const known = other.bucket('a')!;
    one.renameBucket('a', 'b');
    expect(codeOf(() => known.get('key'))).toBe('no-bucket');
    expect(codeOf(() => put(other, known, 'key', 'lost'))).toBe('no-bucket');
    expect(textOf(other.bucket('b')!, 'key')).toBe('value');
    put(one, one.createBucket('a'), 'key', 'another');
    expect(textOf(known, 'key')).toBe('another');
    await one.deleteBucket('b');
    expect(codeOf(() => put(other, other.bucket('b') ?? known, 'key', 'mine'))).not.toBe('io');
    await one.clearBucket('a');
    expect([keysOf(known), known.count()]).toEqual([[], 0]);
    put(other, known, 'key', 'new');
    expect(textOf(one.bucket('a')!, 'key')).toBe('new');
  });

  test('a deleted bucket leaves nothing that stays', async () => {
    const [store] = openClients(1) as [RedisStore];
    const bucket = store.createBucket('test');
    for (let key = 0; key < 50; key++) put(store, bucket, `${key}`, patternedBytes(1000));
    put(store, bucket, 'large', patternedBytes(3_000_000));
    await store.deleteBucket('test');
    const { prefix } = store.catalogue;
    const staying = keysLike(`{${prefix}*`).filter((key) => secondsLeft(key) === -1);
    expect(staying).toEqual([`{${prefix}}:f`]);
  });

  test('collectGarbage() ends what a killed process had begun to delete', async () => {
    const [store, killed] = openClients(2) as [RedisStore, RedisStore];
    put(killed, killed.createBucket('test'), 'large', patternedBytes(300_000));
    // As far as the process came.
    killed.catalogue.drop('test');
    const { prefix } = store.catalogue;
    expect(keysLike(`{${prefix}.*}:c:*`).map(secondsLeft)).toEqual([-1, -1]);
    await store.collectGarbage();
    expect(keysLike(`{${prefix}.*}:c:*`).filter((key) => secondsLeft(key) === -1)).toEqual([]);
    expect(keysLike(`{${prefix}*}:g`)).toEqual([]);
  });

  test('chunks of an upload that is not ended expire, and so do those of a value that is replaced', () => {
    const [store] = openClients(1) as [RedisStore];
    const bucket = store.createBucket('test');
    const { prefix } = store.catalogue;
    const upload = uploadOf(store, patternedBytes(5_000_000));
    const staged = keysLike(`{${prefix}.u.*`);
    expect(staged.length).toBeGreaterThan(10);
    for (const key of staged) expect(secondsLeft(key)).toBeGreaterThan(3600);
    bucket.put('key', upload);
    upload.close();
    expect(keysLike(`{${prefix}.u.*`)).toEqual([]);
    const chunks = keysLike(`{${prefix}.*}:c:*`);
    expect(chunks).toHaveLength(20);
    for (const key of chunks) expect(secondsLeft(key)).toBe(-1);
    const refused = uploadOf(store, patternedBytes(500_000));
    bucket.put('key', refused, { condition: { kind: 'absent' } });
    refused.close();
    expect(keysLike(`{${prefix}.*}:c:*`)).toEqual(chunks);
    put(store, bucket, 'key', 'short');
    for (const key of chunks) expect(secondsLeft(key)).toBeGreaterThan(60);
  });

  test('a reader of a value that is replaced goes on, and is told where it comes too late', () => {
    const [store] = openClients(1) as [RedisStore];
    const bucket = store.createBucket('test');
    put(store, bucket, 'key', patternedBytes(3_000_000));
    const [value, late] = [bucket.get('key')!, bucket.get('key')!];
    const old = patternedBytes(3_000_000);
    const read = (position: number) => Buffer.from(value.read(position, 10));
    expect(read(0).equals(old.subarray(0, 10))).toBe(true);
    put(store, bucket, 'key', patternedBytes(3_000_000, 1));
    expect(read(2_900_000).equals(old.subarray(2_900_000, 2_900_010))).toBe(true);
    for (const key of keysLike(`{${store.catalogue.prefix}.*}:c:*`)) {
      if (secondsLeft(key) !== -1) ask('DEL', key);
    }
    expect(codeOf(() => late.read(0, 10))).toBe('busy');
    expect(bytesOf(bucket, 'key')!.equals(patternedBytes(3_000_000, 1))).toBe(true);
  });

  test.each([100, 300_000])('a value of %i bytes that has changed by itself is damaged', (size) => {
    const [store] = openClients(1) as [RedisStore];
    const bucket = store.createBucket('test');
    put(store, bucket, 'key', patternedBytes(size));
    const { prefix } = store.catalogue;
    const [name] = keysLike(`{${prefix}.*}:${size > 1000 ? 'c:*:0' : 'r'}`) as [string];
    const inRecord = size <= 1000;
    const bytes = (inRecord ? ask('HGET', name, 'key') : ask('GET', name)) as Buffer;
    bytes[bytes.length - 1]! ^= 1;
    if (inRecord) ask('HSET', name, 'key', bytes);
    else ask('SET', name, bytes);
    expect(codeOf(() => bytesOf(bucket, 'key'))).toBe('damaged');
  });

  test('a write whose answer is lost is made once', async () => {
    const proxy = await startLosingProxy(server.port);
    const store = await openAt(`redis://127.0.0.1:${proxy}/proxied`);
    const bucket = store.ensureBucket('test');
    for (let count = 1n; count <= 30n; count++) expect(bucket.increment('n', 1n)).toBe(count);
    put(store, bucket, 'job', 'work');
    expect(bucket.delete('job')).toBe(true);
    expect(bucket.delete('job')).toBe(false);
    expect(put(store, bucket, 'new', '1', { condition: { kind: 'absent' } })).toBeGreaterThan(0);
    expect(bucket.compareAndSwap('n', 30n, 31n)).toBe(true);
    store.createBucket('once');
    store.renameBucket('once', 'twice');
    expect(store.bucketNames('')).toEqual(['test', 'twice']);
  });

  test('a server that is down is waited for, and then told', async () => {
    const port = await freePort();
    const address = `redis://127.0.0.1:${port}/late`;
    await expect(openStore(address, 'read', { limit: 100 })).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringContaining('no server listens there'),
    });
    const store = openStore(address, 'write', { limit: 60_000 });
    // It is looked for again while the server starts: the wait blocks this thread.
    const late = startLater(port);
    await (await store)!.close();
    await late;
  });

  test('a write that may have been made says so', async () => {
    const own = await startRedis();
    onTestFinished(() => own.stop());
    const store = await openAt(`${own.address}/ended`, 1500);
    const bucket = store.ensureBucket('test');
    bucket.increment('n', 1n);
    own.process.kill('SIGSTOP');
    expect(() => bucket.increment('n', 1n)).toThrow(
      expect.objectContaining({ code: 'busy', result: 'the write may have been made' }),
    );
    expect(() => bucket.get('n')).toThrow(
      expect.objectContaining({ code: 'busy', result: undefined }),
    );
  });

  test('a server that asks for a password, is full, or is none, is told at once', async () => {
    const own = await startRedis(['--requirepass', 'sesame']);
    onTestFinished(() => own.stop());
    const failing = (text: string, password?: string) =>
      openAt(text, undefined, password).then(
        () => 'opened',
        (error) => [error.code, error.message.split(': ').at(-1)],
      );
    expect(await failing(own.address)).toEqual(['io', 'its server asks for a password']);
    expect(await failing(own.address, 'wrong')).toEqual([
      'io',
      'its server does not know that user and password',
    ]);
    expect(await failing(server.address, 'any')).toEqual([
      'io',
      'a password was given, and its server has none',
    ]);
    const cluster = server.address.replace('redis', 'redis+cluster');
    expect(await failing(cluster)).toEqual(['usage', 'its server is part of no cluster']);
    const foreign = await startForeignServer();
    expect(await failing(`redis://127.0.0.1:${foreign}`)).toEqual([
      'not-a-store',
      'what answers there is no Redis server',
    ]);
    const store = await openAt(own.address, undefined, 'sesame');
    const bucket = store.ensureBucket('test');
    put(store, bucket, 'key', 'value');
    const client = await Bridge.start(parseAddress(own.address), {
      user: undefined,
      password: 'sesame',
    });
    const words = ['CONFIG', 'SET', 'maxmemory', '1'];
    client.call('limit it', [{ kind: 'command', words, key: '', writes: false }]);
    await client.close();
    expect(codeOf(() => put(store, bucket, 'more', 'value'))).toBe('full');
    expect(codeOf(() => put(store, bucket, 'large', patternedBytes(300_000)))).toBe('full');
    expect(codeOf(() => bucket.increment('n', 1n))).toBe('full');
    expect(textOf(bucket, 'key')).toBe('value');
  });
});

/** A store at an address, closed when the test has finished. */
async function openAt(text: string, limit?: number, password?: string): Promise<Store> {
  const address = parseAddress(text);
  const bridge = await Bridge.start(address, { user: undefined, password }, { limit });
  onTestFinished(() => bridge.close());
  const store = new RedisStore(bridge);
  store.catalogue.make();
  return store;
}

/** Starts a server at a port, by another thread's hand: this one may be blocked. */
function startLater(port: number): Promise<void> {
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--save', ''];
  const worker = new Worker(
    `const { spawn } = require('node:child_process');
     const server = spawn('redis-server', ${JSON.stringify(words)}, { stdio: 'ignore' });
     require('node:worker_threads').parentPort.on('message', () => server.kill('SIGKILL'));
     server.on('exit', () => process.exit());`,
    { eval: true },
  );
  const ended = once(worker, 'exit');
  onTestFinished(async () => {
    worker.postMessage('end');
    await ended;
  });
  return once(worker, 'online').then(() => {});
}

/** In a thread of its own: passes what comes on, but of each connection loses the answer after the second. */
async function startLosingProxy(port: number): Promise<number> {
  const worker = new Worker(
    `const net = require('node:net');
     const { parentPort } = require('node:worker_threads');
     const server = net.createServer((client) => {
       const upstream = net.connect(${port}, '127.0.0.1');
       let answers = 0;
       client.on('data', (data) => upstream.write(data)).on('error', () => {}).on('close', () => upstream.destroy());
       upstream.on('data', (data) => {
         if (++answers > 2) client.destroy();
         else client.write(data);
       }).on('error', () => {}).on('close', () => client.destroy());
     });
     server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
    { eval: true },
  );
  onTestFinished(async () => void (await worker.terminate()));
  const [own] = await once(worker, 'message');
  return own as number;
}

/** A server that speaks HTTP. */
async function startForeignServer(): Promise<number> {
  const worker = new Worker(
    `const net = require('node:net');
     const server = net.createServer((client) => {
       client.on('error', () => {}).once('data', () => client.end('HTTP/1.1 400 Bad Request\\r\\n\\r\\n'));
     });
     server.listen(0, '127.0.0.1', () =>
       require('node:worker_threads').parentPort.postMessage(server.address().port));`,
    { eval: true },
  );
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = await once(worker, 'message');
  return port as number;
}
