/** Backups and chains of them: what is restored is what was there, byte for byte. */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { noteBackup } from '../../src/store/lmdb/backup/note-backup.js';
import { openStore } from '../../src/store/lmdb/open-store.js';
import { contentsOf } from '../fault/store-contents.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { Shell } from '../support/shell.js';

/** All that a store in the shell's folder holds, with the buckets that are empty. */
async function contents(shell: Shell, store: string): Promise<object> {
  const buckets = await shell.succeed(`kv -s ${store} bucket list`);
  return { buckets, records: await contentsOf(join(shell.folder, store)) };
}

const base = mkdtempSync(join(tmpdir(), 'kv-test-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let filling: Promise<Shell> | undefined;

/** A shell with a copy of one store, which has values of all kinds, deleted ones, and two buckets. */
async function shellWithStore(): Promise<Shell> {
  filling ??= filled(new Shell(base));
  const { folder } = await filling;
  const shell = new Shell();
  for (const name of ['fill', 's']) {
    cpSync(join(folder, name), join(shell.folder, name), { recursive: true });
  }
  return shell;
}

async function filled(shell: Shell): Promise<Shell> {
  writeFileSync(join(shell.folder, 'large'), patternedBytes(700_000));
  await shell.succeed(`{ for i in $(seq 3000); do echo "set key$i 'the value of $i'"; done
    echo 'set large -f large'; echo 'copy large shared'; echo 'delete key7'
    echo 'bucket create other'; echo '-b other set k v'; } > fill; kv -s s set first 1; kv -s s exec fill`);
  return shell;
}

describe('a backup', () => {
  it('holds the whole store, for its owner alone, and is restored as it was', async () => {
    const shell = await shellWithStore();
    const before = await contents(shell, 's');
    await shell.succeed('kv -s s store backup b.kvb; kv -s r store restore b.kvb');
    expect(await contents(shell, 'r')).toEqual(before);
    expect(await shell.succeed('kv -s r store check')).toMatch(/^OK: 2 buckets, 3003 keys, /);
    expect(statSync(join(shell.folder, 'b.kvb')).mode & 0o777).toBe(0o600);
    expect(statSync(join(shell.folder, 'r')).mode & 0o777).toBe(0o700);
    expect(await shell.succeed('kv store restore --list b.kvb')).toMatch(
      /^b\.kvb: whole, transaction \d+, .*\n3002\tdefault\n1\tother\n$/,
    );
    // What is restored is a store like any other.
    await shell.succeed('kv -s r set new 1; kv -s r delete large; kv -s r store check');
    expect(
      await shell.succeed('kv -s s store backup - | kv -s p store restore -; kv -s p get large'),
    ).toBe(patternedBytes(700_000).toString());
  });

  it('of a chain has what was changed, and each moment can be restored', async () => {
    const shell = await shellWithStore();
    const moments: object[] = [];
    const files: string[] = [];
    for (const [at, change] of [
      'true',
      'kv -s s set key5 changed; kv -s s delete --prefix key2 -y',
      'kv -s s delete large; head -c 300000 large | kv -s s set another; kv -s s bucket rename other renamed',
      'for i in 1 2 3; do kv -s s incr n; done; kv -s s bucket clear renamed --confirm renamed',
      'kv -s s delete --prefix key1 -y; kv -s s store compact; kv -s s incr n',
    ].entries()) {
      await shell.succeed(change);
      const since = at === 0 ? '' : `--since ${at - 1}.kvb`;
      await shell.succeed(`kv -s s store backup ${at}.kvb ${since}`);
      moments.push(await contents(shell, 's'));
      files.push(`${at}.kvb`);
      await shell.succeed(`kv -s r${at} store restore ${files.join(' ')}`);
      expect(await contents(shell, `r${at}`)).toEqual(moments[at]);
    }
    const sizes = files.map((file) => statSync(join(shell.folder, file)).size);
    expect(sizes[3]!).toBeLessThan(sizes[0]! / 10);
    for (const wrong of ['1.kvb', '0.kvb 2.kvb', '1.kvb 0.kvb', '0.kvb 0.kvb']) {
      const { status } = await shell.run(`kv -s wrong store restore ${wrong}`);
      expect([wrong, status]).toEqual([wrong, 2]);
    }
    expect(existsSync(join(shell.folder, 'wrong'))).toBe(false);
  });

  it('is of one moment, whoever writes meanwhile', async () => {
    const shell = await shellWithStore();
    const both = "printf 'incr a\\nincr b\\n' | kv -s s exec --atomic";
    await shell.succeed(`{ while test ! -e stop; do ${both}; done > /dev/null; } &
      for i in 1 2; do kv -s s set x$i $i; kv -s s store backup $i.kvb; done; touch stop; wait`);
    for (const at of [1, 2]) {
      await shell.succeed(`kv -s m${at} store restore ${at}.kvb`);
      const a = await shell.succeed(`kv -s m${at} get a --default 0; kv -s m${at} store check >&2`);
      expect(await shell.succeed(`kv -s m${at} get b --default 0`)).toBe(a);
    }
  });

  it('is refused where one bit of it has changed, or its end is missing', async () => {
    const shell = new Shell();
    await shell.succeed('kv -s s set a 1; kv -s s set b 2; kv -s s store backup b.kvb');
    const file = join(shell.folder, 'b.kvb');
    const sound = readFileSync(file);
    const places = Array.from({ length: 6 }, (_, at) => Math.floor((at * (sound.length - 1)) / 5));
    for (const at of [...places, 9, 40, sound.length - 6]) {
      const flipped = Buffer.from(sound);
      flipped[at]! ^= 1 << (at % 8);
      writeFileSync(join(shell.folder, 'bad.kvb'), flipped);
      const { status, stderr } = await shell.run('kv -s r store restore bad.kvb');
      expect([at, status, stderr]).toEqual([
        at,
        4,
        expect.stringContaining('cannot read the backup'),
      ]);
    }
    for (const length of [0, 11, 300, sound.length - 16, sound.length - 1]) {
      writeFileSync(join(shell.folder, 'bad.kvb'), sound.subarray(0, length));
      expect((await shell.run('kv -s r store restore bad.kvb')).status).toBe(4);
    }
    writeFileSync(join(shell.folder, 'bad.kvb'), sound);
    appendFileSync(join(shell.folder, 'bad.kvb'), 'x');
    expect((await shell.run('kv store restore --list bad.kvb')).status).toBe(4);
    expect(readdirSync(shell.folder).sort()).toEqual(['b.kvb', 'bad.kvb', 's']);
  });

  it('is not made of a damaged store, nor of one that is not there', async () => {
    const shell = await shellWithStore();
    const file = join(shell.folder, 's', 'data.mdb');
    const bytes = readFileSync(file);
    // The length of a key, in the page that is in use and in those that are free.
    for (let at = bytes.indexOf('key998'); at !== -1; at = bytes.indexOf('key998', at + 1)) {
      bytes.writeUInt16LE(0xffff, at - 2);
    }
    writeFileSync(file, bytes);
    const { status, stderr } = await shell.run('kv -s s store backup b.kvb');
    expect([status, stderr]).toEqual([
      6,
      expect.stringContaining('cannot back up store "s": damaged: page '),
    ]);
    expect((await shell.run('kv -s none store backup b.kvb')).status).toBe(6);
    expect(shell.files().filter((name) => name.startsWith('b.kvb'))).toEqual([]);
  });

  it('overwrites no file of the store, and no backup that it continues', async () => {
    const shell = await shellWithStore();
    const before = await contents(shell, 's');
    await shell.succeed('kv -s s store backup a.kvb; kv -s t set other 1');
    for (const [words, status] of [
      ['-s s store backup s/data.mdb', 2],
      ['-s s store backup ./s/lock.mdb', 2],
      ['-s s store backup a.kvb --since ./a.kvb', 2],
      ['-s t store backup b.kvb --since a.kvb', 2],
      ['-s s store backup b.kvb --since fill', 4],
      ['-s s store backup missing/b.kvb', 6],
    ] as const) {
      expect([words, (await shell.run(`kv ${words}`)).status]).toEqual([words, status]);
    }
    expect(await contents(shell, 's')).toEqual(before);
  });
});

describe('restoring', () => {
  it('replaces a store only with --force, and keeps it beside', async () => {
    const shell = await shellWithStore();
    const before = await contents(shell, 's');
    await shell.succeed('kv -s s store backup b.kvb; kv -s s set key1 later');
    const refused = await shell.run('kv -s s store restore b.kvb');
    expect([refused.status, refused.stderr.split('\n')[0]]).toEqual([
      3,
      'kv: cannot restore store "s": there is something already',
    ]);
    expect((await shell.run('kv -s s --read-only store restore b.kvb --force')).status).toBe(6);
    const told = JSON.parse(await shell.succeed('kv -s s store restore b.kvb --force --json'));
    expect(told).toMatchObject({ restored: 's', keys: 3003, buckets: 2 });
    expect(await contents(shell, 's')).toEqual(before);
    expect(await shell.succeed('kv -s s.replaced get key1')).toBe('later');
    expect(told.replaced).toBe(join(shell.folder, 's.replaced'));
  });

  it('that was killed after it had moved the old store aside is finished by whoever comes next', async () => {
    const shell = new Shell();
    await shell.succeed(`kv -s s set k old; kv -s s store backup b.kvb; kv -s s set k later
      kv -s r store restore b.kvb; mv r .restored-s-$(stat -c %i s)`);
    // Moved away by somebody else, it has no restored one.
    await shell.succeed('mv s away');
    expect((await shell.run('kv -s s get k')).status).toBe(6);
    await shell.succeed('mv away s.replaced-2');
    expect(await shell.succeed('kv -s s get k; kv -s s.replaced-2 get k; ls -A')).toBe(
      'oldlaterb.kvb\ns\ns.replaced-2\n',
    );
  });

  it('gives a store that goes on with its backups, apart from what it was made of', async () => {
    const shell = await shellWithStore();
    await shell.succeed(`kv -s s store backup a.kvb; kv -s s set k 1; kv -s s store backup b.kvb --since a.kvb
      kv -s r store restore a.kvb; kv -s r set k 2; kv -s r store backup c.kvb --since a.kvb
      kv -s s set k 3; kv -s s store backup d.kvb --since b.kvb`);
    expect(await shell.succeed('kv -s rc store restore a.kvb c.kvb; kv -s rc get k')).toBe('2');
    expect(await shell.succeed('kv -s rd store restore a.kvb b.kvb d.kvb; kv -s rd get k')).toBe(
      '3',
    );
    expect(await contents(shell, 'rc')).toEqual(await contents(shell, 'r'));
    for (const [store, base] of [
      ['r', 'b.kvb'],
      ['r', 'd.kvb'],
      ['s', 'c.kvb'],
      ['rc', 'b.kvb'],
    ]) {
      const { status, stderr } = await shell.run(`kv -s ${store} store backup e --since ${base}`);
      expect([store, base, status, stderr.split('\n')[0]]).toEqual([
        store,
        base,
        2,
        `kv: cannot back up store "${store}": ${NOT_KNOWN}`,
      ]);
    }
    const mixed = await shell.run('kv -s x store restore a.kvb b.kvb c.kvb');
    expect([mixed.status, mixed.stderr]).toEqual([
      2,
      expect.stringContaining('it does not begin where the one before it ends'),
    ]);
    expect(shell.files()).not.toContain('e');
  });
});

const NOT_KNOWN =
  'the earlier backup is not one of the last 64 that this store knows: it is of a copy, or was not noted, or is too old';

describe('--since', () => {
  it('takes no backup of another store, whatever the numbers of their transactions', async () => {
    const shell = new Shell();
    await shell.succeed(`kv -s a set k 1; kv -s a store backup a.kvb
      for i in 1 2 3 4 5; do kv -s b set k $i; done; kv -s b store backup b.kvb`);
    for (const [store, base] of [
      ['b', 'a.kvb'],
      ['a', 'b.kvb'],
    ]) {
      const { status, stderr } = await shell.run(`kv -s ${store} store backup x --since ${base}`);
      expect([status, stderr.split('\n')[0]]).toEqual([
        2,
        `kv: cannot back up store "${store}": the earlier backup is of another store`,
      ]);
    }
    await shell.succeed('kv -s b set k 6; kv -s b store backup c.kvb --since b.kvb');
    for (const [files, state] of [
      ['a.kvb c.kvb', 'it is of another store than the one before it'],
      ['a.kvb b.kvb', 'it is a whole one, and comes first'],
    ]) {
      const { status, stderr } = await shell.run(`kv -s x store restore ${files}`);
      expect([status, stderr]).toEqual([2, expect.stringContaining(state!)]);
    }
  });

  it('takes a backup of a copy only from before it went its own way', async () => {
    const shell = new Shell();
    await shell.succeed(`kv -s s set k 1; kv -s s store backup before.kvb; cp -r s copy
      kv -s s set k 2; kv -s s store backup s.kvb
      for i in 3 4 5; do kv -s copy set k $i; done; kv -s copy store backup copy.kvb`);
    for (const [store, base] of [
      ['copy', 's.kvb'],
      ['s', 'copy.kvb'],
    ]) {
      const { status, stderr } = await shell.run(`kv -s ${store} store backup x --since ${base}`);
      expect([status, stderr]).toEqual([2, expect.stringContaining(NOT_KNOWN)]);
    }
    await shell.succeed('kv -s copy store backup since.kvb --since before.kvb');
    const restored = 'kv -s r store restore before.kvb since.kvb; kv -s r get k';
    expect(await shell.succeed(restored)).toBe('5');
  });

  it('takes one of the last 64 backups, and none that was not noted, which is said', async () => {
    const shell = new Shell();
    await shell.succeed('kv -s s set k 1; kv -s s store backup a.kvb; cp -r s old');
    const unnoted = await shell.run('kv -s s --read-only store backup b.kvb');
    expect([unnoted.status, unnoted.stderr]).toEqual([
      0,
      'the store has no note of this backup, so none can be made --since it: --read-only was given\n',
    ]);
    expect(await shell.succeed('kv -s s --read-only store backup c.kvb --json')).toContain(
      '"isNoted":false',
    );
    const { status, stderr } = await shell.run('kv -s s store backup x --since b.kvb');
    expect([status, stderr]).toEqual([2, expect.stringContaining(NOT_KNOWN)]);
    for (let later = 0; later < 63; later++) {
      await noteBackup(join(shell.folder, 's'), false);
    }
    await shell.succeed('kv -s s store backup x --since a.kvb');
    expect((await shell.run('kv -s s store backup x --since a.kvb')).status).toBe(2);
    expect(await shell.succeed('kv -s s store check; kv -s s bucket list')).toMatch(/^OK/);
  });

  it('waits for no writer for long', async () => {
    const shell = new Shell();
    await shell.succeed('kv -s s set k 1');
    const store = (await openStore(join(shell.folder, 's'), 'write'))!;
    await store.transaction(async () => {
      const { status, stderr } = await shell.run('kv -s s store backup b.kvb');
      expect([status, stderr]).toEqual([0, expect.stringMatching(/is writing to it\n$/)]);
    });
    await store.close();
    expect(await shell.succeed('kv -s r store restore b.kvb; kv -s r get k')).toBe('1');
  });
});
