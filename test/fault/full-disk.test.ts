/** Disks with little room: a store is made and written to, or it is said that there is no room. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeFormat1Store } from '../store/format-1-store.js';
import { isFull } from '../support/length.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { runKv } from './kv-process.js';
import { contentsOf, expectSound, shown } from './store-contents.js';

const KIB = 1024;

/** KiB that are free: at 64 to 71, lmdb finds room for its lock file and none for its first pages. */
const levels = isFull ? Array.from({ length: 60 }, (_, index) => 8 * index) : [0, 68, 300];

/** How long a level may take, in ms, on a machine that does much else. */
const LIMIT_MS = 600_000;

/** The same for what takes about as much as the store itself, which has some 600 KiB. */
const spaces = isFull ? Array.from({ length: 60 }, (_, index) => 32 * index) : [0, 500, 1500];

describe.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('a disk', () => {
  it.each(levels)('with %i KiB free holds a whole store, or none', async (free) => {
    const disk = smallDisk(free);
    const made = await runKv(disk, ['-s', 'store', 'set', 'a', '1']);
    expectDoneOrFull(made);
    const names = made.status === 0 ? readdirSync(join(disk, 'store')).sort() : [];
    expect(readdirSync(join(disk, 'store'))).toEqual(names);
    if (made.status !== 0) return;
    expect(names).toEqual(['data.mdb', 'lock.mdb']);
    const lines = Array.from({ length: 2000 }, (_, index) => `{"key":"${index}","value":"v"}\n`);
    expectDoneOrFull(await runKv(disk, ['-s', 'store', 'import'], { input: lines.join('') }));
    expect((await contentsOf(join(disk, 'store'))).get('default/a')).toBe('1');
  });
});

it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'a full disk keeps some room to delete, and what is deleted is used again',
  async () => {
    const disk = smallDisk(900);
    const kv = (words: string, input = '') =>
      runKv(disk, ['-s', 'store', ...words.split(' ')], { input });
    const lines = Array.from({ length: 8000 }, (_, at) => `set key${at} ${'v'.repeat(100)}\n`);
    const full = await kv('exec', lines.join(''));
    expect(full.status).toBe(6);
    expect(full.stderr).toContain('\ntry: kv delete KEY, for which some room is kept');
    while ((await kv(`append long ${'v'.repeat(2000)}`)).status === 0);
    expectDoneOrFull(await kv('set new 1'));
    expect(await kv('delete key1')).toMatchObject({ status: 0 });
    expect(await kv('delete --prefix key1 --yes')).toMatchObject({ status: 0 });
    // What a transaction frees is used from the next but one on.
    expect(await kv('delete key2')).toMatchObject({ status: 0 });
    expect(await kv('set new 2')).toMatchObject({ status: 0 });
    expect(await kv('bucket clear default --confirm=default')).toMatchObject({ status: 0 });
    expect(await kv('set new 3')).toMatchObject({ status: 0 });
    expect((await kv('store check')).stdout).toMatch(/^OK: 1 bucket, 1 key,/);
  },
);

/** What is done to a store as a whole, and what is there when it is done. Beside the disk are a store and its backup. */
const works = [
  { words: ['-s', 'store', 'store', 'compact'], made: undefined },
  { words: ['-s', 'store', 'store', 'gc'], made: undefined },
  { words: ['-s', 'store', 'store', 'backup', 'backup'], made: 'backup' },
  { words: ['-s', 'new', 'store', 'restore', '../backup'], made: 'new' },
  { words: ['store', 'salvage', '../store', 'new'], made: 'new' },
] as const;

describe.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('on a disk', () => {
  it.each(spaces)(
    'with %i KiB free all is done, or nothing, and nothing else is left',
    async (free) => {
      const folder = temporaryFolder();
      const kv = async (...words: string[]) => {
        const ended = await runKv(folder, words);
        expect(ended).toMatchObject({ status: 0 });
        return ended.stdout;
      };
      writeFileSync(join(folder, 'large'), Buffer.alloc(200 * KIB, 'large'));
      const lines = Array.from({ length: 400 }, (_, at) => `set key${at} ${'v'.repeat(500)}\n`);
      const deleted = Array.from({ length: 300 }, (_, at) => `delete key${at}\n`);
      writeFileSync(join(folder, 'lines'), `${lines.join('')}set large -f large\n`);
      writeFileSync(join(folder, 'more'), `${deleted.join('')}set soon v --ttl 1ms\n`);
      await kv('-s', 'store', 'exec', 'lines');
      await kv('-s', 'store', 'exec', 'more');
      await kv('-s', 'store', 'store', 'backup', 'backup');
      const held = await contentsOf(join(folder, 'store'));
      for (const [at, { words, made }] of works.entries()) {
        const disk = smallDisk(free, join(folder, `disk${at}`), join(folder, 'store'));
        const done = await runKv(disk, words);
        expect([words, done.signal]).toEqual([words, null]);
        expect([words, done.status === 0 || done.status === 6]).toEqual([words, true]);
        expect(done.stderr.split('\n').length).toBeLessThanOrEqual(3);
        // Nor is a folder named in which something was in the making.
        expect(done.stderr).not.toMatch(/\/\.|ing-/);
        const isMade = done.status === 0 && made !== undefined;
        const names = ['filling', ...(isMade ? [made] : []), 'store'].sort();
        expect([words, readdirSync(disk).sort()]).toEqual([words, names]);
        expect(readdirSync(join(disk, 'store')).sort()).toEqual(['data.mdb', 'lock.mdb']);
        // Looking at a store that was made takes room for its lock file.
        rmSync(join(disk, 'filling'));
        for (const store of ['store', ...(isMade && made === 'new' ? [made] : [])]) {
          const path = join(disk, store);
          await expectSound(path, words);
          expect(await contentsOf(path)).toEqual(held);
        }
      }
    },
    LIMIT_MS,
  );
});

/** The same for a store of format 1 of some 920 KiB, of which an upgrade keeps the old file. */
const roomsToUpgrade = isFull
  ? Array.from({ length: 60 }, (_, index) => 24 * index)
  : [0, 900, 1060, 1400];

describe.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('on a disk', () => {
  it.each(roomsToUpgrade)(
    'with %i KiB free a store of format 1 is upgraded, or is as it was',
    async (free) => {
      const old = join(temporaryFolder(), 'old');
      const held = await makeFormat1Store(old, 1000);
      const disk = smallDisk(free, join(temporaryFolder(), 'disk'), old);
      const path = join(disk, 'store');
      const before = readFileSync(join(old, 'data.mdb'));
      const { status, signal, stderr } = await runKv(disk, ['-s', 'store', 'store', 'upgrade']);
      const isDone = status === 0;
      expect({ free, signal, status }).toEqual({ free, signal: null, status: isDone ? 0 : 6 });
      if (!isDone) {
        expect(stderr).toMatch(
          /^kv: cannot (upgrade store "store": the disk has \d+ bytes free, and it may take \d+|write to store file "store\/data.mdb": no space is left on the device)\n$/,
        );
      }
      const kept = isDone ? 'data.mdb.format-1' : 'data.mdb';
      // Room that was made behind its last page, before it was found to be old, is of zeroes.
      const found = readFileSync(join(path, kept));
      expect(found.subarray(0, before.length).equals(before)).toBe(true);
      expect(found.subarray(before.length).every((byte) => byte === 0)).toBe(true);
      const names = new Set(['data.mdb', kept, 'lock.mdb']);
      expect(readdirSync(path).filter((name) => !names.has(name))).toEqual([]);
      // With room it is carried over all the same.
      rmSync(join(disk, 'filling'));
      if (!isDone) {
        expect(await runKv(disk, ['-s', 'store', 'store', 'upgrade'])).toMatchObject({ status: 0 });
      }
      const all = [...held].flatMap(([bucket, records]) =>
        [...records].map(([key, { value }]) => [`${bucket}/${key}`, shown(value)] as const),
      );
      expect(await contentsOf(path)).toEqual(new Map(all));
      await expectSound(path, free);
    },
    LIMIT_MS,
  );
});

function expectDoneOrFull({ status, signal, stderr }: Awaited<ReturnType<typeof runKv>>): void {
  expect(signal).toBe(null);
  if (status === 0) return;
  expect(status).toBe(6);
  expect(stderr).toMatch(/^kv: cannot [^\n]*: no space is left on the device\n([^\n]*\n)?$/);
}

/**
 * A disk in memory, with so many KiB free, which goes when the test has finished. It holds a copy of the store that
 * is given.
 */
function smallDisk(free: number, disk = join(temporaryFolder(), 'disk'), store?: string): string {
  mkdirSync(disk);
  const size = store === undefined ? '1m' : '8m';
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]);
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', disk]);
  });
  if (store !== undefined) cpSync(store, join(disk, 'store'), { recursive: true });
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'filling'), Buffer.alloc(bavail * bsize - free * KIB));
  return disk;
}
