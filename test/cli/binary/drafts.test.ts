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

  test('0.1.0 finds what its interfaces say, seen from inside', async () => {
    const shell = new Shell();
    await shell.succeed('kv set outside bar; kv set preset 5');
    expect(await shell.succeed(`kv run ${guest('first')}`)).toBe('18 functions\n');
    expect(await shell.succeed('kv get counter; kv get preset; kv keys')).toBe(
      '0426b1\ncounter\nlarge\noutside\npreset\n',
    );
  });

  test.each(['', '--sync exit'])(
    'the cache of 0.1.0 keeps records that expire %s',
    async (sync) => {
      const shell = new Shell();
      await shell.succeed('kv set outside bar');
      expect(await shell.succeed(`kv run ${guest('cache')} ${sync}`)).toBe('15 functions\n');
      // Neither "left open", which was being filled at the end, nor what was not to last.
      expect(await shell.succeed('kv keys; kv get filled; kv get hour')).toBe(
        'filled\nhour\nkey\noutside\nin two partskept',
      );
      const stats = await shell.succeed('for key in filled hour key; do kv stat $key --json; done');
      const [filled, hour, key] = stats
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).expires);
      for (const expires of [filled, hour]) {
        expect(Math.abs(Date.parse(expires) - Date.now() - 3_600_000)).toBeLessThan(600_000);
      }
      expect(key ?? 'never').toBe('never');
    },
  );

  test('the cache of a bucket that is there to be read says so of each write', async () => {
    const shell = new Shell();
    await shell.succeed('kv bucket create read; kv -b read set outside bar');
    expect(await shell.succeed(`kv run ${guest('cache')} -b read=read:ro -- denied`)).toBe('');
    expect(await shell.succeed('kv -b read keys')).toBe('outside\n');
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
