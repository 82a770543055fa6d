/** A store moves house by `store backup` and `store restore`: from a folder to Redis, on to another, and back. */
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster } from '../../scripts/redis-cluster.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { hasRedis, type RedisServer, startRedis } from '../support/redis-server.js';
import { Shell, until } from '../support/shell.js';

/** All that a store holds in these buckets, with versions and times, by one process. */
const dump = (store: string) => {
  const lines = ['default', 'empty', 'other'].flatMap((name) => [
    `-b ${name} export`,
    `-b ${name} keys -l --json`,
  ]);
  return `printf '%s\\n' 'bucket list' ${lines.map((line) => `'${line}'`).join(' ')} | kv -s ${store}`;
};

/** Values in chunks are of another kind where the limit is another. */
const withoutKinds = (text: string) => text.replaceAll(/,"kind":"\w+"/g, '');

describe.skipIf(!hasRedis)('a backup', () => {
  let cluster: Awaited<ReturnType<typeof startCluster>>;
  let server: RedisServer;

  beforeAll(async () => {
    [cluster, server] = await Promise.all([startCluster(), startRedis()]);
  });
  afterAll(async () => {
    await Promise.all([cluster?.stop(), server?.stop()]);
  });

  let names = 0;
  const open = () => {
    const shell = new Shell();
    const place = (address: string) => `'${address}/house${++names}?shards=4'`;
    const [one, other] = [place(server.address), place(server.address)];
    return { shell, spread: place(cluster.address), one, other };
  };

  test('goes from a folder to a cluster, to a server, and back', async () => {
    const { shell, spread, one } = open();
    writeFileSync(join(shell.folder, 'large'), patternedBytes(1_500_000));
    writeFileSync(join(shell.folder, 'middle'), patternedBytes(50_000));
    writeFileSync(
      join(shell.folder, 'fill'),
      [
        ...Array.from({ length: 300 }, (_, n) => `set key${n} 'the value of ${n}'`),
        ...Array.from(
          { length: 20 },
          (_, n) => `set expiring${n} v --expires 2200-01-01T00:00:00Z`,
        ),
        ...['set large -f large', 'set middle -f middle', 'copy large shared', "set nothing ''"],
        ...['delete key7', 'incr n 41', 'bucket create empty', 'bucket create other'],
        '-b other set large -f large',
      ].join('\n'),
    );
    await shell.succeed('kv -s s set first 1; kv -s s exec fill');
    const before = withoutKinds(await shell.succeed(dump('s')));
    expect(before).toMatch(/^empty\b/m);
    expect(before).toContain('"expires":"2200-01-01T00:00:00');
    await shell.succeed(`kv -s s store backup - | kv -s ${spread} store restore -`);
    expect(withoutKinds(await shell.succeed(dump(spread)))).toBe(before);
    await shell.succeed(`kv -s ${spread} store backup b.kvb; kv -s ${one} store restore b.kvb`);
    expect(withoutKinds(await shell.succeed(dump(one)))).toBe(before);
    await shell.succeed(`kv -s ${one} store backup - | kv -s back store restore -`);
    expect(withoutKinds(await shell.succeed(dump('back')))).toBe(before);
    expect(await shell.succeed('kv -s back store check')).toMatch(/^OK: 3 buckets, 326 keys, /);
    expect(await shell.succeed('kv store restore --list b.kvb')).toMatch(
      /^b\.kvb: whole, \d{4}-.*\n325\tdefault\n0\tempty\n1\tother\n$/,
    );
    // What is restored goes on: versions grow, and counters count.
    for (const store of [spread, 'back']) {
      const script = `printf '%s\\n' 'stat n --json' 'incr n' 'stat n --json' | kv -s ${store}`;
      const [old, , now] = (await shell.succeed(script)).trim().split('\n');
      expect(JSON.parse(now!).version).toBeGreaterThan(JSON.parse(old!).version);
    }
  });

  test('is restored only where there is nothing, and only if it is whole', async () => {
    const { shell, one, other } = open();
    const failure = async (script: string) => {
      const { status, stderr } = await shell.run(script);
      return [status, stderr.split('\n')[0]!.replace(/.*: /, '')];
    };
    await shell.succeed(
      `seq 100000 | kv -s ${one} set large; kv -s ${one} set k v; kv -s ${one} store backup b.kvb`,
    );
    expect(await failure(`kv -s ${one} store restore b.kvb`)).toEqual([
      3,
      'there are buckets already',
    ]);
    expect((await failure(`kv -s ${one} store restore --force b.kvb`))[0]).toBe(2);
    expect((await failure(`kv -s ${one} store backup c.kvb --since b.kvb`))[0]).toBe(2);
    expect(await failure(`head -c -100 b.kvb | kv -s ${other} store restore -`)).toEqual([
      4,
      'it ends too early',
    ]);
    await shell.succeed(`python3 - <<'END' || exit 1
bytes = bytearray(open('b.kvb', 'rb').read())
bytes[len(bytes) // 2] ^= 1
open('d.kvb', 'wb').write(bytes)
END`);
    for (const store of [other, 'new']) {
      const [status, words] = await failure(`kv -s ${store} store restore d.kvb`);
      expect([status, words]).toEqual([
        4,
        expect.stringMatching(/^it is damaged behind part \d+$/),
      ]);
    }
    expect(await shell.succeed(`kv -s ${other} bucket list`)).toBe('');
    expect((await failure('kv -s new bucket list'))[0]).toBe(6);
  });

  test('of buckets without keys, and of none, is restored as well', async () => {
    const { shell, one } = open();
    await shell.succeed(
      `kv -s s set k v; kv -s s bucket delete default --confirm default; kv -s s store backup - | kv -s ${one} store restore -`,
    );
    expect(await shell.succeed(`kv -s ${one} bucket list`)).toBe('');
    expect(await shell.succeed(`kv -s ${one} incr n`)).toBe('1\n');
  });

  test('that is unpacked for Redis leaves nothing in $TMPDIR, killed neither', async () => {
    const { shell, one, other } = open();
    mkdirSync(join(shell.folder, 'tmp'));
    const left = () => shell.files(join(shell.folder, 'tmp'));
    await shell.succeed('kv -s s set k v; kv -s s store backup b.kvb; mkfifo pipe');
    // It never gets its end: a backup that is still to come.
    const restore = `TMPDIR=tmp exec kv -s ${one} store restore - < <(cat b.kvb | head -c -100; cat pipe)`;
    const killed = shell.startGroup(restore);
    await until(() => left().length === 1);
    const [folder] = left();
    await until(() => shell.files(join(shell.folder, 'tmp', folder!)).includes('owner.json'));
    await shell.succeed(`TMPDIR=tmp kv -s ${other} store restore b.kvb`);
    expect(left()).toEqual([folder]);
    const ended = once(killed, 'exit');
    killed.kill('SIGKILL');
    await ended;
    expect(left()).toEqual([folder]);
    await shell.succeed(`TMPDIR=tmp kv -s ${one} store restore b.kvb; echo > pipe`);
    expect(left()).toEqual([]);
  });
});
