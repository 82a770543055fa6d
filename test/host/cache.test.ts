/** The cache, from outside: what a second run finds, and what it does not fall for. */
import {
  chmodSync,
  existsSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TRANSPILER } from '../../src/host/transpile.js';
import { guest } from '../support/guests.js';
import { Shell } from '../support/shell.js';

const run = `kv run ${guest('count')}`;

/** A shell after a first run, and the one entry of its cache. */
async function primed() {
  const shell = new Shell();
  const folder = join(shell.env.HOME!, '.cache/kv');
  expect(await shell.succeed(run)).toBe('run 1\n');
  const [name, ...others] = shell.files(folder);
  expect(others).toEqual([]);
  return { shell, folder, entry: join(folder, name!) };
}

describe('the cache of components', () => {
  test('is its owner alone to enter, and an entry his alone to read', async () => {
    const { folder, entry } = await primed();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(entry).mode & 0o777).toBe(0o600);
  });

  test('is used by the next run, which writes nothing', async () => {
    const { shell, folder, entry } = await primed();
    const before = statSync(entry);
    expect(await shell.succeed(run)).toBe('run 2\n');
    expect(statSync(entry).ino).toBe(before.ino);
    expect(shell.files(folder)).toHaveLength(1);
  });

  test('is used without the transpiler being loaded', async () => {
    const { shell } = await primed();
    const hook = join(shell.folder, 'hook.cjs');
    writeFileSync(
      hook,
      `const Module = require('node:module');
      const load = Module._load;
      Module._load = (name, ...rest) => {
        if (name.includes('transpiler')) throw new Error('it is loaded');
        return load(name, ...rest);
      };`,
    );
    const env = { NODE_OPTIONS: `--require=${hook}` };
    expect(await shell.succeed(run, { env })).toBe('run 2\n');
    expect((await shell.run(`${run} --no-cache`, { env })).stderr).toContain('it is loaded');
  });

  test.each([
    ['cut off', (entry: string) => truncateSync(entry, 1000)],
    ['empty', (entry: string) => truncateSync(entry, 0)],
    ['changed at its end', (entry: string) => flip(entry, -1)],
    ['changed in its midst', (entry: string) => flip(entry, 5000)],
    ['changed in its digest', (entry: string) => flip(entry, 20)],
    ['of another program', (entry: string) => writeFileSync(entry, 'else\n')],
  ])('notices an entry that is %s, and makes it anew', async (_, spoil) => {
    const { shell, entry } = await primed();
    const whole = readFileSync(entry).subarray(-1000);
    spoil(entry);
    expect(await shell.succeed(run)).toBe('run 2\n');
    expect(readFileSync(entry).subarray(-1000).equals(whole)).toBe(true);
    expect(await shell.succeed(run)).toBe('run 3\n');
  });

  test('is left alone where others may write to it', async () => {
    const { shell, folder, entry } = await primed();
    flip(entry, -1);
    chmodSync(folder, 0o770);
    const spoilt = readFileSync(entry);
    expect(await shell.succeed(run)).toBe('run 2\n');
    expect(readFileSync(entry).equals(spoilt)).toBe(true);
  });

  test('knows the version of the transpiler, which is part of the key', () => {
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    const version = devDependencies['@bytecodealliance/jco-transpile'];
    expect(TRANSPILER).toContain(`jco-transpile ${version},`);
  });

  test('is neither used nor made with --no-cache', async () => {
    const shell = new Shell();
    expect(await shell.succeed(`${run} --no-cache`)).toBe('run 1\n');
    expect(existsSync(join(shell.env.HOME!, '.cache'))).toBe(false);
  });

  test('is where XDG_CACHE_HOME says, and may be nowhere', async () => {
    const shell = new Shell();
    const there = join(shell.folder, 'cache');
    await shell.succeed(run, { env: { XDG_CACHE_HOME: there } });
    expect(shell.files(there)).toEqual(['kv']);
    const nowhere = { XDG_CACHE_HOME: '/dev/null/none' };
    expect(await shell.succeed(run, { env: nowhere })).toBe('run 2\n');
  });
});

function flip(path: string, position: number): void {
  const bytes = readFileSync(path);
  const index = position < 0 ? bytes.length + position : position;
  bytes[index]! ^= 1;
  writeFileSync(path, bytes);
}
