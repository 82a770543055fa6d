/**
 * A store on a real cluster: three primaries and three replicas. It takes its time, since a cluster has to
 * find out that a primary is gone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startCluster } from '../../scripts/redis-cluster.js';
import { parseAddress } from '../../src/store/redis/address.js';
import { Bridge } from '../../src/store/redis/bridge.js';
import { RedisStore } from '../../src/store/redis/redis-store.js';
import { slotOf } from '../../src/store/redis/wire/slots.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { hasRedis } from '../support/redis-server.js';
import { bytesOf, keysOf, put, textOf } from './conformance/subject.js';

type Cluster = Awaited<ReturnType<typeof startCluster>>;
type Node = Cluster['nodes'][number];

test.each([
  ['123456789', 0x31c3],
  ['{user1000}.following', 3443],
  ['foo{}{bar}', 8363],
  ['foo{{bar}}zap', 4015],
  ['', 0],
])('the slot of %j is %i, as the cluster specification has it', (key, slot) => {
  expect(slotOf(key)).toBe(slot % 16_384);
});

describe.skipIf(!hasRedis)('a store on a cluster', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster();
  });

  afterAll(() => cluster?.stop());

  /** How long it may take until a cluster is one again, in ms. */
  const LIMIT = 60_000;
  let prefixes = 0;

  const openStore = async (options = '', limit = LIMIT) => {
    const address = parseAddress(`${cluster.address}/test${++prefixes}${options}`);
    const bridge = await Bridge.start(address, { user: undefined, password: undefined }, { limit });
    onTestFinished(() => bridge.close());
    const store = new RedisStore(bridge);
    store.catalogue.make();
    return { store, bridge };
  };

  /** The node that serves a slot now. */
  const ownerOf = async (slot: number): Promise<Node> => {
    for (const node of cluster.nodes) {
      const lines = (await node.ask('CLUSTER', 'NODES').catch(() => '')).split('\n');
      const own = lines.find((line) => line.includes('myself,master'));
      const isOwner = own
        ?.split(' ')
        .slice(8)
        .some((range) => {
          const [first, last = first] = range.split('-').map(Number);
          return first! <= slot && slot <= last!;
        });
      if (isOwner) return node;
    }
    throw new Error(`nobody serves slot ${slot}`);
  };

  test('spreads a bucket over all primaries, and lists it in one order', async () => {
    const { store } = await openStore();
    const bucket = store.createBucket('test');
    const keys = Array.from({ length: 500 }, (_, index) => `key ${1000 + index}`);
    bucket.writeMany(keys.map((key) => ({ kind: 'put', key, upload: store.upload() })));
    put(store, bucket, 'large', patternedBytes(5_000_000));
    expect(keysOf(bucket)).toEqual([...keys, 'large']);
    expect(bytesOf(bucket, 'large')!.equals(patternedBytes(5_000_000))).toBe(true);
    const { prefix } = store.catalogue;
    for (const node of cluster.nodes.slice(0, 3)) {
      expect(await node.ask('--scan', '--pattern', `{${prefix}.*}:r`)).not.toBe('');
    }
  });

  test('goes on while a slot moves to another node, and after it has', async () => {
    const { store } = await openStore('?shards=1');
    const bucket = store.createBucket('test');
    put(store, bucket, 'key', 'value');
    put(store, bucket, 'large', patternedBytes(1_000_000));
    bucket.increment('n', 41n);
    const { id } = store.catalogue.entry('test');
    const slot = slotOf(`{${store.catalogue.prefix}.${id}.0}:m`);
    const from = await ownerOf(slot);
    const to = cluster.nodes.slice(0, 3).find((node) => node !== from)!;
    const [fromId, toId] = await Promise.all(
      [from, to].map(async (node) => (await node.ask('CLUSTER', 'MYID')).trim()),
    );
    await to.ask('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId!);
    await from.ask('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId!);
    expect(textOf(bucket, 'key')).toBe('value');
    const keys = (await from.ask('CLUSTER', 'GETKEYSINSLOT', slot, 1000)).trim().split('\n');
    expect(keys.length).toBeGreaterThan(4);
    await from.ask('MIGRATE', '127.0.0.1', to.port, '', 0, 5000, 'KEYS', ...keys);
    // Both know the way now: `ASK`.
    expect(textOf(bucket, 'key')).toBe('value');
    expect(bytesOf(bucket, 'large')!.equals(patternedBytes(1_000_000))).toBe(true);
    // A write may have to wait for the end of it, which somebody else brings about.
    const ending = spawn(
      'sh',
      [
        '-c',
        [to, from]
          .map(({ port }) => `redis-cli -p ${port} cluster setslot ${slot} node ${toId}`)
          .join(';'),
      ],
      { stdio: 'ignore' },
    );
    const ended = once(ending, 'exit');
    expect(bucket.increment('n', 1n)).toBe(42n);
    await ended;
    expect(await ownerOf(slot)).toBe(to);
    expect(bucket.increment('n', 1n)).toBe(43n);
    expect(keysOf(bucket)).toEqual(['key', 'large', 'n']);
  });

  test('writes wait for a replica, and say where none has them', async () => {
    const words = 'it was written, and 1 of the 2 replicas that are waited for have it';
    let said = '';
    // On a busy machine the time may be over before it is written.
    for (let limit = 1000; limit < LIMIT && !said.includes(words); limit *= 2) {
      const refused = await openStore('?wait=2', limit).catch((error) => error);
      expect(refused).toMatchObject({ code: 'busy' });
      said = refused.message;
    }
    expect(said).toContain(words);
  });

  test('what was acknowledged is there after a primary was killed, and counters are exact', async () => {
    const { store } = await openStore();
    const bucket = store.createBucket('test');
    const { id, shards } = store.catalogue.entry('test');
    for (let count = 1; count <= 60; count++) {
      if (count === 30) {
        const slot = slotOf(`{${store.catalogue.prefix}.${id}.${shards - 1}}:m`);
        const node = await ownerOf(slot);
        await node.stop();
        const index = cluster.nodes.indexOf(node);
        onTestFinished(async () => {
          cluster.nodes[index] = await node.restart();
        });
      }
      put(store, bucket, `job ${100 + count}`, `${count}`);
      expect(bucket.increment('n', 1n)).toBe(BigInt(count));
    }
    expect(keysOf(bucket)).toEqual([
      ...Array.from({ length: 60 }, (_, index) => `job ${101 + index}`),
      'n',
    ]);
    for (let count = 1; count <= 60; count++) {
      expect(textOf(bucket, `job ${100 + count}`)).toBe(`${count}`);
    }
  });
});
