import { describe, expect, it } from 'vitest';
import { type Kv, kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

const HOUR_MS = 3_600_000;

/** Commands over a store, and a clock of its own that goes on with that of the machine. */
async function timedKv(): Promise<{ kv: Kv; wait(milliseconds: number): void }> {
  let ahead = 0;
  const kv = await kvOnDisk(() => Date.now() + ahead);
  return {
    kv,
    wait: (milliseconds) => {
      ahead += milliseconds;
    },
  };
}

async function expiresOf(kv: Kv, key: string): Promise<number | undefined> {
  const { expires } = JSON.parse((await kv(['stat', key, '--json'])).text);
  return expires === undefined ? undefined : Date.parse(expires);
}

describe('expire', () => {
  it('sets when a key expires, from which on it is absent for every verb', async () => {
    const { kv, wait } = await timedKv();
    await kv('set-many k=1 stays=1');
    const before = Date.now();
    expect(await kv('expire k 1h')).toMatchObject({ outcome: 0, text: '', stderr: '' });
    const expires = (await expiresOf(kv, 'k'))!;
    expect(expires - HOUR_MS).toBeGreaterThanOrEqual(before);
    expect(expires - HOUR_MS).toBeLessThanOrEqual(Date.now());
    wait(HOUR_MS);
    expect((await kv('get k')).outcome).toBe(1);
    expect((await kv('stat k')).outcome).toBe(1);
    expect((await kv('exists k')).text).toBe('false\n');
    expect((await kv('keys')).text).toBe('stays\n');
    expect((await kv('keys --count')).text).toBe('1\n');
    expect((await kv('keys --reverse --values')).text).toBe('stays\t1\n');
    expect((await kv('get-many k stays')).text).toBe('k\nstays\t1\n');
    expect((await kv('grep 1')).text).toBe('stays\t1\n');
    expect((await kv('du')).text).toMatch(/^1\t/);
    expect((await kv('export')).text).toBe('{"key":"stays","value":"1"}\n');
    expect((await kv('bucket info --json')).text).toContain('"keys":1');
    expect((await kv('store info --json')).text).toContain('"keys":1,');
    expect((await kv('take k')).outcome).toBe(1);
    expect((await kv('copy k other')).outcome).toBe(1);
    expect((await kv('expire k never')).outcome).toBe(1);
    expect((await kv('cas k 1 2')).text).toBe('false\n');
    expect((await kv('set k 2 --if-present')).outcome).toBe(3);
    expect((await kv('delete k --if-value 1')).outcome).toBe(3);
    expect((await kv('incr k 5')).text).toBe('5\n');
    expect(await expiresOf(kv, 'k')).toBeUndefined();
  });

  it('is heeded by verbs that go through many keys, and by conditions of copies', async () => {
    const { kv, wait } = await timedKv();
    await kv('set-many p/1=1 p/2=1 stays=1');
    for (const key of ['p/1', 'p/2']) await kv(`expire ${key} 1h`);
    await kv('bucket copy default later');
    await kv('expire p/2 2h --bucket later');
    wait(HOUR_MS);
    expect((await kv('diff default later')).text).toMatch(/^\+\tp\/2\t.*\n$/);
    expect((await kv('diff later default')).text).toMatch(/^-\tp\/2\t.*\n$/);
    expect((await kv('keys --tree')).text).not.toContain('p/');
    for (const chosen of ['--glob *', '--regex .', '--newer 1d', '--start a']) {
      expect((await kv(`keys ${chosen}`)).text, chosen).toBe('stays\n');
    }
    expect((await kv('du --json')).text).not.toContain('p/');
    expect((await kv('rename p/1 other')).outcome).toBe(1);
    expect((await kv('copy --prefix p/ q/')).text).not.toContain('q/');
    expect((await kv('keys q/ --count')).text).toBe('0\n');
    expect((await kv('delete-many p/1 p/2 --json')).text).toContain('"deleted":0');
    expect((await kv('delete --prefix p/ --yes --json')).text).toContain('"deleted":0');
    expect((await kv('take --first p/')).outcome).toBe(1);
    expect((await kv('-b later take --first p/ --json')).text).toContain('"p/2"');
    expect((await kv('bucket list --json')).text).toContain('{"bucket":"later","keys":1,');
    await kv('set target 1 --ttl 1h');
    wait(HOUR_MS);
    expect((await kv('copy stays target --if-absent')).outcome).toBe(0);
    expect(await expiresOf(kv, 'target')).toBeUndefined();
    await kv('set text a --ttl 1h');
    wait(HOUR_MS);
    await kv('append text b');
    expect((await kv('get text')).text).toBe('b');
    await kv('set text c --ttl 1h');
    wait(HOUR_MS);
    await kv('set text d --keep-ttl');
    expect(await expiresOf(kv, 'text')).toBeUndefined();
  });

  it('takes a time, a length of time, or never', async () => {
    const { kv } = await timedKv();
    await kv('set k 1');
    await kv('expire k 9999-12-31T23:59:59.999Z');
    expect(await expiresOf(kv, 'k')).toBe(Date.UTC(10_000, 0, 1) - 1);
    await kv('expire k 2999-01-01');
    expect(await expiresOf(kv, 'k')).toBe(Date.UTC(2999, 0, 1));
    await kv('expire k 90');
    expect(await expiresOf(kv, 'k')).toBeLessThan(Date.now() + 91_000);
    expect((await kv('expire k never --json')).text).toBe('{"key":"k","expires":null}\n');
    expect(await expiresOf(kv, 'k')).toBeUndefined();
  });

  it.each(['soon', '-5s', '0s', '2026-02-30', '9999-12-31T23:59:59-12:00', '3000000d'])(
    'refuses %s, and changes nothing',
    async (when) => {
      const { kv } = await timedKv();
      await kv('set k 1');
      expect((await kv(['expire', '--', 'k', when])).outcome).toBe(2);
      expect(await expiresOf(kv, 'k')).toBeUndefined();
    },
  );

  it('deletes a key where the time is past', async () => {
    const { kv } = await timedKv();
    await kv('set k 1');
    const { outcome, stderr } = await kv('expire k 2020-01-01', onTerminal);
    expect([outcome, stderr]).toEqual([0, 'deleted "k"\n']);
    expect((await kv('keys --count')).text).toBe('0\n');
  });

  it('says on a terminal when, and with --json as a time', async () => {
    const kv = kvInMemory();
    await kv('set k 1');
    expect((await kv('expire k 5m', onTerminal)).stderr).toBe('"k" expires in 5 min\n');
    expect((await kv('expire k never', onTerminal)).stderr).toBe('"k" never expires\n');
    expect((await kv('expire k 2999-01-01 --json')).text).toBe(
      '{"key":"k","expires":"2999-01-01T00:00:00.000Z"}\n',
    );
  });
});

describe('what becomes of when a key expires', () => {
  it('set clears it, unless --keep-ttl; set-many clears it', async () => {
    const { kv } = await timedKv();
    for (const [line, isKept] of [
      ['set k 2 --keep-ttl', true],
      ['set k 2 --get --keep-ttl', true],
      ['incr k', true],
      ['decr k', true],
      ['cas k 1 2', true],
      ['set k 2', false],
      ['set k 2 --get', false],
      ['set-many k=2', false],
    ] as const) {
      await kv('set k 1 --expires 2999-01-01');
      expect((await kv(line)).outcome, line).toBe(0);
      expect(await expiresOf(kv, 'k'), line).toBe(isKept ? Date.UTC(2999, 0, 1) : undefined);
    }
  });

  it('copy and rename carry it, to another bucket as well, and so do a copied and a renamed one', async () => {
    const { kv } = await timedKv();
    await kv('bucket create other');
    await kv('set k 1 --expires 2999-01-01');
    await kv('copy k a');
    await kv('rename a b');
    await kv('copy k c --to-bucket other');
    await kv('copy k p/ --prefix');
    await kv('bucket copy other third');
    await kv('bucket rename third fourth');
    for (const line of ['stat b', 'stat c -b other', 'stat p/', 'stat c -b fourth']) {
      expect((await kv(line)).text, line).toContain('expires\t2999-01-01T00:00:00.000Z\n');
    }
  });

  it('a copy of a prefix is of one moment, though its keys expire meanwhile', async () => {
    let now = Date.UTC(2099, 0, 1);
    // Each look at the clock is a second later.
    const kv = await kvOnDisk(() => (now += 1000));
    for (let key = 0; key < 20; key++)
      await kv(['set', `a/${key}`, '1', '--expires', '2100-01-01']);
    now = Date.UTC(2100, 0, 1) - 2000;
    const { outcome, text } = await kv('copy a/ b/ --prefix --json');
    expect([outcome, JSON.parse(text).keys]).toEqual([0, 20]);
  });

  it('is shown by stat, keys and get where there is one', async () => {
    const kv = kvInMemory();
    await kv('set k 1 --expires 2999-01-01');
    await kv('set stays 1');
    const time = '2999-01-01T00:00:00.000Z';
    expect((await kv('stat k')).text).toContain(`\nexpires\t${time}\n`);
    expect((await kv('stat k', onTerminal)).text).toMatch(/\nexpires {3}2999-.*Z \(in 97\d y\)\n/);
    expect((await kv('get k --json')).text).toContain(`"expires":"${time}"`);
    expect((await kv('get stays --json')).text).not.toContain('expires');
    const lines = (await kv('keys -l')).text.trimEnd().split('\n');
    expect(lines.map((line) => line.split('\t').slice(3))).toEqual([['k', time], ['stays']]);
    expect((await kv('keys -l', onTerminal)).text).toMatch(
      / k {2}\(expires in 97\d y\)\n.* stays\n$/,
    );
    const [entry, other] = (await kv('keys -l --json')).text.trimEnd().split('\n');
    expect([JSON.parse(entry!).expires, JSON.parse(other!).expires]).toEqual([time, undefined]);
    expect((await kv('keys --table')).text).toContain('EXPIRES');
    expect((await kv('keys stays --table')).text).not.toContain('EXPIRES');
    expect((await kv('set j 1 --expires 2999-01-01 --json')).text).toContain(`"expires":"${time}"`);
  });
});

describe('set', () => {
  it('--ttl counts from when all of the value is there', async () => {
    const { kv, wait } = await timedKv();
    const before = Date.now();
    await kv('set k --ttl 1m30s', { stdin: 'value' });
    const expires = (await expiresOf(kv, 'k'))!;
    expect(expires - 90_000).toBeGreaterThanOrEqual(before);
    expect(expires - 90_000).toBeLessThanOrEqual(Date.now());
    wait(90_000);
    expect((await kv('get k')).outcome).toBe(1);
    expect((await kv('set k again --if-absent')).outcome).toBe(0);
  });

  it('--expires with a time that is past leaves no such key', async () => {
    const kv = kvInMemory();
    await kv('set k old');
    expect((await kv('set k new --expires 2020-01-01')).outcome).toBe(0);
    expect((await kv('get k')).outcome).toBe(1);
  });

  it.each(['--ttl 0s', '--ttl soon', '--expires 7d', '--expires never', '--ttl 1s --keep-ttl'])(
    '%s is a usage error',
    async (options) => {
      const kv = kvInMemory();
      expect((await kv(`set k 1 ${options}`)).outcome).toBe(2);
      expect((await kv('keys --count')).text).toBe('0\n');
    },
  );
});
