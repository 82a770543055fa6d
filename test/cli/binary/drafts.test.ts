/** Guests of the other drafts of wasi:keyvalue, as `kv run` runs them. */
import { describe, expect, test } from 'vitest';
import { guest } from '../../support/guests.js';
import { Shell } from '../../support/shell.js';

describe('a guest of', () => {
  test.each([
    ['draft', '10 functions\n'],
    ['draft2', '13 functions\n'],
  ])('%s finds what its interfaces say, seen from inside', async (name, text) => {
    const shell = new Shell();
    await shell.succeed(
      'kv set outside bar; kv bucket create read; kv copy outside --to-bucket read outside',
    );
    const script = `kv run ${guest(name)} -b default -b read=read:ro`;
    expect(await shell.succeed(script)).toBe(text);
    expect(await shell.succeed('kv get b1; kv -b read keys')).toBe('boutside\n');
  });

  test.each(['app', 'app -b other', 'default', ''])(
    "the tag does all that other hosts' own tests do with the empty name, on %s",
    async (options) => {
      const [bucket = 'default'] = options.split(' ').filter(Boolean);
      const shell = new Shell();
      await shell.succeed(`kv bucket create app; kv bucket create other;
        kv set atomics_key 5 -b ${bucket}`);
      const given = options === '' ? '' : `-b =${options}`;
      expect(await shell.succeed(`kv run ${guest('preset')} ${given}`)).toBe('');
      expect(await shell.succeed(`kv keys -b ${bucket}`)).toBe('atomics_key\nb1\n');
    },
  );

  test('0.1.0 consumes values by methods', async () => {
    const shell = new Shell();
    await shell.succeed('kv set outside bar');
    expect(await shell.succeed(`kv run ${guest('first')}; kv get key`)).toBe('42\nbar');
  });

  test('the seed and of draft2, in one component, reads with each what the other wrote', async () => {
    const shell = new Shell();
    expect(await shell.succeed(`kv run ${guest('mixed')}; kv get key; kv incr n`)).toBe(
      '42\nfrom draft243\n',
    );
  });

  test('of 10,000 swaps of two processes at once, at different paces, none is lost', async () => {
    const shell = new Shell();
    await shell.succeed('kv set shared 0');
    const run = (sync: string) => shell.succeed(`kv run ${guest('swap')} --sync ${sync} -- 5000`);
    await Promise.all([run('1ms'), run('exit')]);
    expect(await shell.succeed('kv get shared')).toBe('10000');
  }, 300_000);

  test('draft2 that swaps beside another process loses no update', async () => {
    const shell = new Shell();
    const run = `kv run ${guest('swap')} -- 100`;
    await shell.succeed(`kv set shared 1; ${run} > one & first=$!; ${run} > two; wait $first`);
    expect(await shell.succeed('kv get shared')).toBe('201');
  });
});
