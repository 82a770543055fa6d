/** Paths that lead to no store, and files that are none any more: an error, never a crash. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFull } from '../../support/length.js';
import { expectRefusal } from '../../support/refusal.js';
import { Shell } from '../../support/shell.js';

/** Reading, writing and administration each find the way to the store. */
const verbs = ['get k', 'set k v', 'bucket list', 'store info'];

async function expectRefused(shell: Shell, path: string, message: RegExp, run = 'kv') {
  for (const verb of verbs) {
    expectRefusal(await shell.run(`${run} -s ${path} ${verb}`), {
      status: 6,
      message,
      hint: 'perhaps',
    });
  }
}

describe('a path', () => {
  it('to a file is refused, and the file stays', async () => {
    const shell = new Shell();
    const file = join(shell.folder, 'file');
    writeFileSync(file, 'text');
    await expectRefused(shell, 'file', /^cannot open store "file": it is a file, not a folder$/);
    await expectRefused(shell, '/dev/null', /^cannot open store "\/dev\/null": it is a file/);
    expect(readFileSync(file, 'utf8')).toBe('text');
  });

  it('below a file is refused', async () => {
    const shell = new Shell();
    writeFileSync(join(shell.folder, 'file'), 'text');
    await expectRefused(shell, 'file/store', /a part of the path is not a directory$/);
  });

  it('to a folder with something else is refused, and nothing is put there', async () => {
    const shell = new Shell();
    mkdirSync(join(shell.folder, 'photos'));
    writeFileSync(join(shell.folder, 'photos/one.jpg'), 'jpeg');
    await expectRefused(shell, 'photos', /^cannot open store "photos": the folder holds something/);
    expect(shell.files(join(shell.folder, 'photos'))).toEqual(['one.jpg']);
  });

  it('to an empty folder becomes a store, for its owner alone', async () => {
    const shell = new Shell();
    mkdirSync(join(shell.folder, 'empty'));
    await shell.succeed('kv -s empty set k v && kv -s deep/down/store set k v');
    expect(await shell.succeed('kv -s empty get k; kv -s deep/down/store get k')).toBe('vv');
    const modeOf = (path: string) => statSync(join(shell.folder, path)).mode & 0o777;
    expect(modeOf('deep/down/store').toString(8)).toBe('700');
    expect(modeOf('deep/down/store/data.mdb').toString(8)).toBe('600');
    expect(modeOf('deep/down/store/lock.mdb').toString(8)).toBe('600');
  });

  // Root reads everything, unless it gives up the right to.
  const isRoot = process.getuid?.() === 0;
  const withoutRights = isRoot ? 'setpriv --bounding-set=-dac_override,-dac_read_search ' : '';
  const canTry = !isRoot || spawnSync('setpriv', ['--version']).status === 0;

  it.runIf(canTry)('that may not be read is refused', async () => {
    const shell = new Shell();
    await shell.succeed('kv set k v');
    chmodSync(shell.store, 0);
    await expectRefused(
      shell,
      shell.store,
      /^cannot open store .*: permission denied$/,
      `${withoutRights}kv`,
    );
    chmodSync(shell.store, 0o700);
    expect(await shell.succeed('kv get k')).toBe('v');
  });

  it.runIf(canTry)('that may not be written can be read', async () => {
    const shell = new Shell();
    await shell.succeed('kv set k v');
    const files = [shell.store, join(shell.store, 'data.mdb'), join(shell.store, 'lock.mdb')];
    for (const path of files) chmodSync(path, 0o500);
    const kv = `${withoutRights}kv`;
    expect(await shell.succeed(`${kv} get k; ${kv} --read-only keys`)).toBe('vk\n');
    expectRefusal(await shell.run(`${kv} set k new`), { status: 6, message: /permission denied$/ });
    expect(await shell.succeed('kv get k')).toBe('v');
  });
});

describe('a data file', () => {
  /** A store with some content, whose file is then given to `damage`. */
  async function damaged(damage: (file: string) => void): Promise<Shell> {
    const shell = new Shell();
    await shell.succeed(`kv set-many a=1 b=2; head -c 1000000 /dev/urandom | kv set large`);
    damage(join(shell.store, 'data.mdb'));
    return shell;
  }

  function overwrite(file: string, position: number, bytes: Uint8Array): void {
    const descriptor = openSync(file, 'r+');
    writeSync(descriptor, bytes, 0, bytes.length, position);
    closeSync(descriptor);
  }

  const damages: [string, (file: string) => void][] = [
    ['is empty', (file) => truncateSync(file, 0)],
    ['is cut in its first page', (file) => truncateSync(file, 100)],
    ['is cut after its first page', (file) => truncateSync(file, 4096)],
    ['is cut after its first two pages', (file) => truncateSync(file, 8192)],
    ['is cut in half', (file) => truncateSync(file, Math.floor(statSync(file).size / 8192) * 4096)],
    ['has zeroes for its first two pages', (file) => overwrite(file, 0, Buffer.alloc(8192))],
    [
      'has noise for its first two pages',
      (file) => overwrite(file, 0, Buffer.alloc(8192, 'noise')),
    ],
    ['is a text', (file) => writeFileSync(file, 'Dear diary,\n'.repeat(10_000))],
    ['is a short text', (file) => writeFileSync(file, 'Dear diary,\n')],
    ['is of zeroes', (file) => writeFileSync(file, Buffer.alloc(100_000))],
  ];

  it.each(damages)('that %s is refused, and stays as it is', async (_, damage) => {
    const shell = await damaged(damage);
    const before = readFileSync(join(shell.store, 'data.mdb'));
    await expectRefused(shell, shell.store, /^cannot open store/);
    expect(readFileSync(join(shell.store, 'data.mdb')).equals(before)).toBe(true);
  });

  it('that is damaged in the middle is read up to there, or refused, and never ends the process', async () => {
    const shell = new Shell();
    const records = Array.from({ length: 50_000 }, (_, index) => `{"key":"k${index}","value":"v"}`);
    await shell.succeed('kv import', { stdin: records.join('\n') });
    const file = join(shell.store, 'data.mdb');
    const whole = readFileSync(file);
    const pages = whole.length / 4096;
    const damages = isFull ? 48 : 6;
    let refusals = 0;
    for (let damage = 0; damage < damages; damage++) {
      const page = 2 + Math.floor(((pages - 2) * damage) / damages);
      writeFileSync(file, whole);
      overwrite(file, 4096 * page, Buffer.alloc(4096, damage % 2 === 0 ? 0 : 'noise'));
      for (const verb of ['keys', 'keys -l', 'export', 'bucket info']) {
        const { status, signal, stderr } = await shell.run(`kv ${verb} > /dev/null`);
        expect([signal, status === 0 || status === 6]).toEqual([null, true]);
        if (status === 0) continue;
        refusals++;
        // Which page is a root, and has a hint, depends on the pace of the import.
        expect(stderr).toMatch(
          /^kv: cannot (open|read) store .*damaged: .*\n(try: .* or restore .*\n)?$/,
        );
      }
    }
    expect(refusals).toBeGreaterThan(damages);
  });

  it('that is a folder is refused', async () => {
    const shell = new Shell();
    mkdirSync(join(shell.store, 'data.mdb'), { recursive: true });
    await expectRefused(
      shell,
      shell.store,
      /^cannot (open|read) store .*: its data\.mdb is a folder/,
    );
  });

  it('is told apart from what JSON says', async () => {
    const shell = await damaged((file) => writeFileSync(file, 'Dear diary,\n'.repeat(10_000)));
    const { status, stderr } = await shell.run('kv --json get k');
    expect(status).toBe(6);
    expect(['damaged', 'not-a-store']).toContain(JSON.parse(stderr).error.code);
  });
});
