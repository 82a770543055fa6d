/** Readers that have seen enough: the program ends with 141, without a word and without waiting. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { ended, Shell } from '../../support/shell.js';

const base = mkdtempSync(join(tmpdir(), 'kv-test-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let filling: Promise<Shell> | undefined;

/** One store for all these tests, with more than a pipe holds of everything. */
function full(): Promise<Shell> {
  filling ??= fill(new Shell(base));
  return filling;
}

async function fill(shell: Shell): Promise<Shell> {
  await shell.succeed('kv set large', { stdin: patternedBytes(10_000_000) });
  await shell.succeed('kv set text', { stdin: 'many lines\n'.repeat(1_000_000) });
  const pairs = Array.from({ length: 20_000 }, (_, i) => `a key of some length ${i}=\0`);
  await shell.succeed('xargs -0 kv set-many', { stdin: pairs.join('') });
  return shell;
}

describe('a reader that goes away', () => {
  it.each([
    ['kv get large', 'head -c 10'],
    ['kv get text', 'head -n 1'],
    ['kv get large --format hex', 'head -c 10'],
    ['kv get large --format base64', 'head -c 10'],
    ['kv get text --json', 'head -c 10'],
    ['kv get large -o -', 'head -c 10'],
    ['kv get-many large text large', 'head -c 10'],
    ['kv keys', 'head -n 1'],
    ['kv keys -l', 'head -n 1'],
    ['kv keys -0', 'head -c 10'],
    ['kv keys --json', 'head -n 1'],
    ['kv keys --tree=x', 'head -n 1'],
    ['kv delete --prefix a --dry-run', 'head -n 1'],
  ])('%s | %s', async (command, reader) => {
    const shell = await full();
    const script = `${command} | ${reader}; status=$PIPESTATUS; echo; echo $status`;
    const { text, stderr } = await shell.run(script);
    const [status, ...lines] = text.trimEnd().split('\n').reverse();
    expect(status).toBe('141');
    expect(lines.join('')).not.toBe('');
    expect(stderr).toBe('');
  });

  it('of all of it is no error', async () => {
    const shell = await full();
    const script = 'kv keys | tail -n 1; echo $PIPESTATUS; kv get large | tail -c 1 | wc -c';
    expect(await shell.succeed(script)).toBe('text\n0\n1\n');
  });

  it('before anything was written is the same', async () => {
    const shell = await full();
    const child = shell.start('get', 'large');
    child.stdout.destroy();
    expect(await ended(child)).toMatchObject({ status: 141, stderr: '' });
  });

  it('leaves nothing undone: the store takes the next write', async () => {
    const shell = await full();
    await shell.run('kv get large | head -c 10');
    await shell.succeed('kv set k v');
    expect(await shell.succeed('kv get k')).toBe('v');
  });
});

describe('a slow reader', () => {
  it('gets every byte', async () => {
    const shell = await full();
    const { stdout, stderr } = await shell.run(
      'kv get large | { head -c 1000; sleep 0.2; head -c 100000; sleep 0.2; cat; }',
    );
    expect(stderr).toBe('');
    expect(stdout.equals(patternedBytes(10_000_000))).toBe(true);
  });
});

describe('a writer', () => {
  it('that fails in the middle of a pipe leaves what the shell makes of it', async () => {
    const shell = new Shell();
    // What reached stdin is the value: only pipefail tells the shell that there should be more.
    const script = 'set -o pipefail; { echo half; exit 9; } | kv set k; echo $?; kv get k';
    expect(await shell.succeed(script)).toBe('9\nhalf\n');
  });

  it('is stopped when its value is refused', async () => {
    const shell = new Shell();
    const { text, stderr } = await shell.run('set -o pipefail; yes | kv -b missing set k; echo $?');
    expect(text).toBe('6\n');
    expect(stderr).toMatch(/^kv: cannot open bucket "missing"/);
  });
});
