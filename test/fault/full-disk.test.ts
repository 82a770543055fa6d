/** Disks with little room: a store is made and written to, or it is said that there is no room. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isFull } from '../support/length.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { runKv } from './kv-process.js';

const KIB = 1024;

/** KiB that are free: at 64 to 71, lmdb finds room for its lock file and none for its first pages. */
const levels = isFull ? Array.from({ length: 60 }, (_, index) => 8 * index) : [0, 68, 300];

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
    const got = await runKv(disk, ['-s', 'store', 'get', 'a']);
    expect(got).toMatchObject({ status: 0, stdout: '1' });
  });
});

function expectDoneOrFull({ status, signal, stderr }: Awaited<ReturnType<typeof runKv>>): void {
  expect(signal).toBe(null);
  if (status === 0) return;
  expect(status).toBe(6);
  expect(stderr).toMatch(/^kv: cannot [^\n]*: no space is left on the device\n([^\n]*\n)?$/);
}

/** A disk in memory, with so many KiB free, which goes when the test has finished. */
function smallDisk(free: number): string {
  const disk = join(temporaryFolder(), 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', disk]);
  });
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'filling'), Buffer.alloc(bavail * bsize - free * KIB));
  return disk;
}
