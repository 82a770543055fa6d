/** Where settings come from, and what colour becomes of them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Shell } from '../../support/shell.js';

describe('the store', () => {
  it('is the flag, else the environment, else in the home folder', async () => {
    const shell = new Shell();
    await shell.succeed('KV_STORE=env kv -s flag set k flag; KV_STORE=env kv set k env');
    await shell.succeed('kv set k home');
    expect(await shell.succeed('kv -s flag get k; kv --store=env get k')).toBe('flagenv');
    expect(await shell.succeed('kv -s ~/.local/share/kv/store get k')).toBe('home');
    expect(await shell.succeed('KV_STORE= kv get k')).toBe('home');
  });

  it('by default is where XDG_DATA_HOME says, if that is absolute', async () => {
    const shell = new Shell();
    const absolute = join(shell.folder, 'data');
    await shell.succeed('kv set k xdg', { env: { XDG_DATA_HOME: absolute } });
    expect(existsSync(join(absolute, 'kv/store/data.mdb'))).toBe(true);
    const relative = { XDG_DATA_HOME: 'data' };
    expect((await shell.run('kv get k', { env: relative })).status).toBe(1);
    const both = { KV_STORE: join(shell.folder, 'other'), XDG_DATA_HOME: absolute };
    expect((await shell.run('kv get k', { env: both })).status).toBe(6);
  });

  it('may be named before and after the verb, the last one counts', async () => {
    const shell = new Shell();
    await shell.succeed('kv -s a set k 1 && kv set k 2 -s b');
    expect(await shell.succeed('kv -s a get k -s b')).toBe('2');
  });
});

describe('the bucket', () => {
  it('is the flag, else the environment, else default', async () => {
    const shell = new Shell();
    await shell.succeed('kv bucket create flag && kv bucket create env && kv set k default');
    await shell.succeed('KV_BUCKET=env kv -b flag set k flag; KV_BUCKET=env kv set k env');
    expect(await shell.succeed('kv get k -b flag; kv get k -b env; kv get k')).toBe(
      'flagenvdefault',
    );
    expect(await shell.succeed('KV_BUCKET= kv get k; KV_BUCKET=env kv get k')).toBe('defaultenv');
  });
});

describe('colour in a pipe', () => {
  /** Whether stdout and stderr show it. */
  async function colours(env: Record<string, string>, flags = ''): Promise<[boolean, boolean]> {
    const shell = new Shell();
    await shell.succeed('kv set a/b v');
    const listing = await shell.run(`kv ${flags} keys --tree`, { env });
    const failure = await shell.run(`kv ${flags} get missing`, { env });
    expect(listing.text.replaceAll(/\x1b\[\d*m/g, '')).toBe('a/ (1)\n  b\n');
    expect(failure.stderr.replaceAll(/\x1b\[\d*m/g, '')).toBe(
      'kv: cannot get "missing": there is no such key\n',
    );
    return [listing.text.includes('\x1b['), failure.stderr.includes('\x1b[')];
  }

  it.each([
    [{}, '', false],
    [{ FORCE_COLOR: '1' }, '', true],
    [{ FORCE_COLOR: '0' }, '', false],
    [{ FORCE_COLOR: 'false' }, '', false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, '', false],
    [{ FORCE_COLOR: '1', NO_COLOR: '' }, '', true],
    [{ FORCE_COLOR: '1', TERM: 'dumb' }, '', true],
    [{ FORCE_COLOR: '1' }, '--color=never', false],
    [{ NO_COLOR: '1' }, '--color always', true],
    [{ NO_COLOR: '1' }, '--color auto', false],
    [{}, '--color=always', true],
  ] as const)('with %j and "%s": %s', async (env, flags, shown) => {
    expect(await colours(env, flags)).toEqual([shown, shown]);
  });

  it('never gets into a value or a list of keys', async () => {
    const shell = new Shell();
    await shell.succeed('kv set k v');
    expect(await shell.succeed('kv --color=always get k; kv --color=always keys')).toBe('vk\n');
    expect(JSON.parse(await shell.succeed('kv --color=always stat k --json')).key).toBe('k');
    const { stderr } = await shell.run('kv --color=always --json get missing');
    expect(JSON.parse(stderr).error.code).toBe('absent');
  });
});

describe('-q', () => {
  it('silences answers and remarks, and no error', async () => {
    const shell = new Shell();
    await shell.succeed('kv set k v');
    expect(await shell.run('kv -q exists k')).toMatchObject({ status: 0, text: '', stderr: '' });
    expect(await shell.run('kv -q get k')).toMatchObject({ text: 'v' });
    // The exit status says it.
    expect(await shell.run('kv -q get x')).toMatchObject({ status: 1, text: '', stderr: '' });
    expect((await shell.run('kv -q get')).stderr).toContain('kv: missing argument KEY\n');
  });
});
