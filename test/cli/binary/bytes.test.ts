/** Bytes through real pipes and files, in and out again. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFull } from '../../support/length.js';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { Shell } from '../../support/shell.js';

const KiB = 1024;
const sizes = [0, 1, 64 * KiB - 1, 64 * KiB, 64 * KiB + 1, 256 * KiB - 1, 256 * KiB, 256 * KiB + 1];

describe('a value', () => {
  it.each([...sizes, (isFull ? 64 : 20) * KiB * KiB])(
    'of %i bytes is the same after every way',
    async (size) => {
      const shell = new Shell();
      writeFileSync(join(shell.folder, 'in'), patternedBytes(size));
      await shell.succeed(`set -euo pipefail
      kv set file < in;     kv get file > out;     cmp in out
      cat in | kv set pipe; kv get pipe | cmp in -
      kv set dash - < in;   kv get dash -o - | cat | cmp in -
      kv set path -f in;    kv get path -o new;    cmp in new
    `);
      expect(shell.files()).toEqual(['in', 'new', 'out']);
    },
  );

  it('of random bytes is the same', async () => {
    const shell = new Shell();
    for (const size of [100, 5000, 1_000_003]) {
      const bytes = randomBytes(size);
      const { stdout, stderr } = await shell.run('kv set k && kv get k', { stdin: bytes });
      expect(stderr).toBe('');
      expect(stdout.equals(bytes)).toBe(true);
    }
  });

  it('of every byte is the same, in every form', async () => {
    const shell = new Shell();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    await shell.succeed('kv set k', { stdin: bytes });
    expect(await shell.succeed('kv get k --format hex')).toBe(bytes.toString('hex'));
    expect(await shell.succeed('kv get k --format base64')).toBe(bytes.toString('base64'));
    const { value } = JSON.parse(await shell.succeed('kv get k --json'));
    expect(Buffer.from(value, 'base64').equals(bytes)).toBe(true);
  });

  it('that is empty is stored and got, from a word, a pipe and a file', async () => {
    const shell = new Shell();
    await shell.succeed(`set -e
      kv set word ""; true | kv set pipe; : > empty; kv set file < empty`);
    for (const key of ['word', 'pipe', 'file']) {
      const { status, text, stderr } = await shell.run(`kv get ${key}`);
      expect([status, text, stderr]).toEqual([0, '', '']);
    }
  });

  it('goes on where the shell has read to', async () => {
    const shell = new Shell();
    writeFileSync(join(shell.folder, 'in'), 'first\nsecond\nthird\n');
    expect(await shell.succeed('{ read -r line; kv set k; } < in; kv get k')).toBe(
      'second\nthird\n',
    );
  });

  it('from a FIFO is whole, to a FIFO too', async () => {
    const shell = new Shell();
    writeFileSync(join(shell.folder, 'in'), patternedBytes(1_000_000));
    await shell.succeed(`set -e; mkfifo a b
      cat in > a & kv set k -f a; wait $!
      cmp in b & kv get k -o b; wait $!`);
  });
});

describe('a tree of files', () => {
  it('goes through tar and back', async () => {
    const shell = new Shell();
    mkdirSync(join(shell.folder, 'src/deep'), { recursive: true });
    writeFileSync(join(shell.folder, 'src/text'), 'text\n');
    writeFileSync(join(shell.folder, 'src/deep/large'), randomBytes(3_000_000));
    const listed = await shell.succeed(`set -o pipefail
      tar c src | kv set backup && kv get backup | tar t`);
    expect(listed.trim().split('\n').sort()).toEqual([
      'src/',
      'src/deep/',
      'src/deep/large',
      'src/text',
    ]);
    await shell.succeed('mkdir out && kv get backup | tar x -C out && diff -r src out/src');
  });
});

describe('keys', () => {
  it('that only NUL can part go through xargs', async () => {
    const shell = new Shell();
    await shell.succeed(`kv set $'tmp/line\\nbreak' 1; kv set 'tmp/two words' 2; kv set -- -y 3`);
    await shell.succeed('kv keys -0 | xargs -0 kv delete --');
    expect(await shell.succeed('kv keys --count')).toBe('0\n');
  });

  it('that hold anything come back through a pipe as they went', async () => {
    const shell = new Shell();
    expect(await shell.succeed(`kv set $'a\\n\\\\\\x1b\\u00e9' v; kv keys`)).toBe(
      'a\\n\\\\\\x1bé\n',
    );
  });
});
