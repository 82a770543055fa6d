import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { KvError } from '../../src/errors.js';
import type { GlobalFlags } from '../../src/line/globals.js';
import { parse, settingsOf } from '../../src/line/invocation.js';
import { nearest } from '../../src/line/nearest.js';
import { resolveSettings } from '../../src/line/settings.js';
import { fixtureCommands, fixtureRegistry, registryOf } from '../cli/fixture-registry.js';

const env = { HOME: '/home/ada' };

describe('the verb', () => {
  it('is found by its name', async () => {
    expect(await run('get', 'k')).toMatchObject({ name: 'get', input: { key: 'k' } });
  });

  it('is found by an alias', async () => {
    expect((await run('rm', 'a', 'b')).name).toBe('delete');
  });

  it('is found in its group, by name and alias', async () => {
    expect((await run('bucket', 'list')).name).toBe('bucket list');
    expect((await run('bucket', 'ls')).name).toBe('bucket list');
  });

  it('is the only one loaded', async () => {
    const loaded: string[] = [];
    const registry = registryOf(fixtureCommands, (name) => loaded.push(name));
    await parse(['--json', 'bucket', '-q', 'create', 'b'], registry, env);
    expect(loaded).toEqual(['bucket create']);
  });

  it('is refused with the nearest one when unknown', async () => {
    expect(await fault('gett')).toEqual({
      message: 'unknown verb "gett": did you mean "get"?',
      hint: 'usage: kv [OPTION...] VERB [ARGUMENT...] (more: kv help)',
    });
    expect((await fault('buckte', 'list')).message).toBe(
      'unknown verb "buckte": did you mean "bucket"?',
    );
  });

  it('is refused with the nearest member of its group when unknown', async () => {
    expect(await fault('bucket', 'lst')).toEqual({
      message: 'unknown verb "bucket lst": did you mean "bucket list"?',
      hint: 'usage: kv bucket VERB [ARGUMENT...] (more: kv help bucket)',
    });
  });

  it('is refused without a suggestion when nothing is near', async () => {
    expect((await fault('frobnicate')).message).toBe('unknown verb "frobnicate"');
    expect((await fault('')).message).toBe('unknown verb ""');
  });

  it('may not be missing after a group, which lists its members', async () => {
    expect(await fault('bucket')).toEqual({
      message: 'missing verb after "bucket": one of list, create',
      hint: 'usage: kv bucket VERB [ARGUMENT...] (more: kv help bucket)',
    });
  });

  it('may be missing altogether', async () => {
    expect((await parse([], fixtureRegistry, env)).kind).toBe('bare');
    const bare = await parse(['--json'], fixtureRegistry, env);
    expect(bare).toMatchObject({ kind: 'bare', settings: { json: true } });
  });
});

describe('global options', () => {
  it('are accepted before, after and between the words of the verb', async () => {
    for (const argv of [
      ['--store', '/s', '-qb', 'x', 'bucket', 'list'],
      ['bucket', '--store=/s', '-b', 'x', '-q', 'list'],
      ['bucket', 'list', '-s/s', '--bucket', 'x', '--quiet'],
      ['--store=/s', '--', 'bucket', '-qb', 'x', '--', 'list'],
    ]) {
      expect((await run(...argv)).settings).toMatchObject({
        store: '/s',
        bucket: 'x',
        quiet: true,
      });
    }
  });

  it('take the last value when repeated', async () => {
    expect((await run('-b', 'x', 'get', 'k', '-b', 'y')).settings.bucket).toBe('y');
    expect((await run('get', 'k', '-b', 'y', '-b', 'z')).settings.bucket).toBe('z');
  });

  it('mean what the command says where it declares the same name or letter', async () => {
    const after = await run('-b', 'real', 'run', 'app.wasm', '--bucket', 'a=b', '-q');
    expect(after.input).toMatchObject({ bucket: 'a=b', quick: true });
    expect(after.settings).toMatchObject({ bucket: 'real', quiet: false });
    expect((await run('run', 'app.wasm', '--quiet')).settings.quiet).toBe(true);
  });

  it('set every setting', async () => {
    const { settings } = await run('--color=never', '--no-input', '--read-only', 'get', 'k');
    expect(settings).toMatchObject({ color: 'never', input: false, readOnly: true });
  });

  it('refuse an empty --store', async () => {
    expect((await fault('get', 'k', '--store', '')).message).toBe(
      'invalid --store "": the path is empty',
    );
  });

  it('refuse a --color that is none of three words', async () => {
    expect((await fault('--color', 'red', 'get', 'k')).message).toBe(
      'invalid --color "red": auto, always or never is expected',
    );
  });

  it('are told apart from unknown options before the verb', async () => {
    expect((await fault('--jsn', 'get', 'k')).message).toBe(
      'unknown option "--jsn": did you mean "--json"?',
    );
    expect((await fault('--limit', '5', 'keys')).message).toBe(
      'unknown option "--limit": a verb\'s options go after the verb',
    );
  });
});

describe('settings', () => {
  it('are a flag, else the environment, else the default', () => {
    const full = { ...env, KV_STORE: '/e', KV_BUCKET: 'e', XDG_DATA_HOME: '/xdg' };
    expect(settings({ store: '/f', bucket: 'f' }, full)).toEqual(['/f', 'f']);
    expect(settings({}, full)).toEqual(['/e', 'e']);
    expect(settings({}, { ...env, XDG_DATA_HOME: '/xdg' })).toEqual(['/xdg/kv/store', 'default']);
    expect(settings({}, env)).toEqual(['/home/ada/.local/share/kv/store', 'default']);
  });

  it('take an empty variable for an unset one', () => {
    const empty = { ...env, KV_STORE: '', KV_BUCKET: '', XDG_DATA_HOME: '' };
    expect(settings({}, empty)).toEqual(['/home/ada/.local/share/kv/store', 'default']);
  });

  it('ignore a relative XDG_DATA_HOME', () => {
    expect(settings({}, { ...env, XDG_DATA_HOME: 'data' })[0]).toBe(
      '/home/ada/.local/share/kv/store',
    );
  });

  it('are found in an argv that does not parse', () => {
    const argv = ['gett', '--wat', '--json', '--color=red', '--store', '', '-q', '--bucket'];
    expect(settingsOf(argv, env)).toMatchObject({
      json: true,
      quiet: true,
      color: 'auto',
      store: '/home/ada/.local/share/kv/store',
    });
  });

  it('are found in any argv', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom('-s', '--store', '--color', '--', '-q='));
    fc.assert(fc.property(fc.array(word), (argv) => settingsOf(argv, env).input !== undefined));
  });
});

describe('arguments', () => {
  it('are all in the input, undefined where absent', async () => {
    expect((await run('incr', 'n')).input).toEqual({ key: 'n', delta: undefined });
    expect((await run('delete')).input).toEqual({
      keys: undefined,
      prefix: undefined,
      dryRun: false,
    });
  });

  it('are an empty list where -- ends the words', async () => {
    expect((await run('delete', '--')).input.keys).toEqual([]);
    expect((await run('delete', '--', '--')).input.keys).toEqual(['--']);
    expect((await run('delete', '--prefix', '--')).input.keys).toBeUndefined();
  });

  it('may be negative numbers, a dash, or empty', async () => {
    expect((await run('incr', 'n', '-5')).input.delta).toBe('-5');
    expect((await run('set', 'k', '-')).input.newValue).toBe('-');
    expect((await run('set', 'k', '')).input.newValue).toBe('');
  });

  it('may look like options after --', async () => {
    expect((await run('set', 'k', '--', '-x')).input.newValue).toBe('-x');
    const { input, settings } = await run('run', 'app.wasm', '--', '--json', '--', '--help');
    expect(input.args).toEqual(['--json', '--', '--help']);
    expect(settings.json).toBe(false);
  });

  it('of any content come through -- unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('--', '-h', '-t')), {
          minLength: 1,
        }),
        async (words) => {
          expect((await run('get-many', '--', ...words)).input.keys).toEqual(words);
        },
      ),
    );
  });

  it('are named when missing', async () => {
    expect(await fault('get')).toEqual({
      message: 'missing argument KEY',
      hint: 'usage: kv get KEY [OPTION...] (more: kv help get)',
    });
    expect(await fault('mget')).toEqual({
      message: 'missing argument KEY',
      hint: 'usage: kv get-many KEY... (more: kv help get-many)',
    });
  });

  it('are refused beyond the last', async () => {
    expect((await fault('set', 'k', 'hello', 'wo"rld\n')).message).toBe(
      'too many arguments: "wo"rld\n" is not expected',
    );
  });
});

describe('options', () => {
  it('are all in the input, undefined or false where absent', async () => {
    expect((await run('keys')).input).toEqual({
      prefix: undefined,
      long: false,
      nul: false,
      start: undefined,
      limit: undefined,
      tree: undefined,
    });
  });

  it('are kebab-case, and read by parse', async () => {
    expect((await run('set', 'k', '--if-absent')).input.ifAbsent).toBe(true);
    expect((await run('keys', '--limit', '5')).input.limit).toBe(5);
  });

  it('cluster by their letters', async () => {
    expect((await run('keys', '-l0')).input).toMatchObject({ long: true, nul: true });
    expect((await run('get', 'k', '-ofile')).input.output).toBe('file');
  });

  it('take the last value when repeated, and read no other', async () => {
    expect((await run('keys', '--limit', 'x', '--limit', '2')).input.limit).toBe(2);
  });

  it('take the next word for their value, whatever it begins with', async () => {
    expect((await run('delete', '--prefix', '-x')).input.prefix).toBe('-x');
    expect((await run('keys', '--start', '--help')).input.start).toBe('--help');
    expect((await run('keys', '--start', '--tree', 'p')).input).toMatchObject({
      start: '--tree',
      tree: undefined,
      prefix: 'p',
    });
    expect((await run('keys', '--start=')).input.start).toBe('');
  });

  it('with a bare form never take the next word', async () => {
    expect((await run('keys', '--tree', 'p')).input).toMatchObject({ tree: '/', prefix: 'p' });
    expect((await run('keys', '-lt', 'p')).input).toMatchObject({ tree: '/', prefix: 'p' });
    expect((await run('keys', '--tree')).input).toMatchObject({ tree: '/', prefix: undefined });
    expect((await run('keys', '--tree=:', 'p')).input).toMatchObject({ tree: ':', prefix: 'p' });
    expect((await run('keys', '--tree', '--', '-p')).input).toMatchObject({
      tree: '/',
      prefix: '-p',
    });
  });

  it('are refused with the nearest one when unknown', async () => {
    expect(await fault('keys', '--limt', '5')).toEqual({
      message: 'unknown option "--limt": did you mean "--limit"?',
      hint: 'usage: kv keys [PREFIX] [OPTION...] (more: kv help keys)',
    });
    expect((await fault('keys', '--jsno')).message).toContain('did you mean "--json"?');
  });

  it('are refused with a way to say a word that is none', async () => {
    expect((await fault('set', 'k', '-x')).message).toBe(
      'unknown option "-x": a word that is no option goes after "--"',
    );
    expect((await fault('keys', '-lx')).message).toContain('unknown option "-x"');
  });

  it('are refused without their value', async () => {
    expect((await fault('keys', '--limit')).message).toBe('missing value N of option "--limit"');
    expect((await fault('get', 'k', '-o')).message).toBe('missing value FILE of option "-o"');
    expect((await fault('keys', '-ls')).message).toBe('missing value PATH of option "-s"');
    expect((await fault('keys', '-l-limit')).message).toBe('missing value N of option "--limit"');
    expect((await fault('--store')).message).toBe('missing value PATH of option "--store"');
  });

  it('are refused with a value that they do not take', async () => {
    expect((await fault('keys', '--long=yes')).message).toBe('option "--long" takes no value');
  });

  it('keep the reason why their value cannot be read', async () => {
    const error = await thrown('keys', '--limit', 'x');
    expect(error.message).toBe('invalid --limit "x": a whole number is expected');
    expect(error.cause).toBeInstanceOf(Error);
    expect(error.exitCode).toBe(2);
  });
});

describe('--help and --version', () => {
  it('--help is about the verb beside it, before or after', async () => {
    for (const argv of [
      ['get', '--help'],
      ['get', 'k', '-h'],
      ['--help', 'get'],
      ['get', '--wat', '-h'],
      ['get', '-h', '-o'],
    ]) {
      expect(await parse(argv, fixtureRegistry, env)).toMatchObject({ kind: 'help', topic: 'get' });
    }
    expect(await topic('rm', '--help')).toBe('delete');
    expect(await topic('bucket', '-h')).toBe('bucket');
    expect(await topic('bucket', 'ls', '-h')).toBe('bucket list');
    expect(await topic('-h')).toBe(undefined);
  });

  it('--help wins over settings that make no sense', async () => {
    expect(await topic('--color=red', '--store', '', 'get', '-h')).toBe('get');
  });

  it('--help after -- is an argument', async () => {
    expect((await run('get', '--', '--help')).input.key).toBe('--help');
  });

  it('--help does not excuse an unknown verb', async () => {
    expect((await fault('gett', '--help')).message).toContain('unknown verb');
  });

  it('--version needs no verb, and loads none', async () => {
    const unloadable = registryOf(fixtureCommands, () => expect.unreachable());
    expect((await parse(['--version'], unloadable, env)).kind).toBe('version');
    expect((await parse(['get', '--version'], fixtureRegistry, env)).kind).toBe('version');
  });
});

describe('any argv', () => {
  it('is understood, or refused as usage with a hint', async () => {
    const names = ['get', 'keys', 'rm', 'bucket', 'list', 'run', '--', '-', '-5', '-l0t', '-lo'];
    const flags = ['--tree', '--tree=', '--limit', '-s', '--no-input', '--json=', '-h', '\0', ''];
    const word = fc.oneof(fc.constantFrom(...names, ...flags), fc.string());
    await fc.assert(
      fc.asyncProperty(fc.array(word), async (argv) => {
        const result = await parse(argv, fixtureRegistry, env).catch((error: unknown) => error);
        if (result instanceof Error) {
          expect(result).toMatchObject({
            code: 'usage',
            hint: expect.stringMatching(/^usage: kv /),
          });
          expect(result.message).not.toContain('\n');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('output', () => {
  afterEach(() => vi.restoreAllMocks());

  it('is never written', async () => {
    const out = vi.spyOn(process.stdout, 'write');
    const err = vi.spyOn(process.stderr, 'write');
    await fault('gett');
    await fault('keys', '--limit');
    await fault('keys', '--wat');
    await parse(['get', '-h'], fixtureRegistry, env);
    await parse(['--version'], fixtureRegistry, env);
    expect(out).not.toHaveBeenCalled();
    expect(err).not.toHaveBeenCalled();
  });
});

describe('nearest()', () => {
  it('forgives a slip: a letter more, less, changed or swapped', () => {
    expect(['gett', 'gt', 'gex', 'egt'].map((word) => nearest(word, ['get', 'keys']))).toEqual(
      Array(4).fill('get'),
    );
  });

  it('finds a known word in itself', () => {
    const words = fc.uniqueArray(fc.string(), { minLength: 1 });
    fc.assert(fc.property(words, (known) => nearest(known[0]!, known) === known[0]));
  });

  it('finds nothing where everything is far', () => {
    expect(nearest('frobnicate', ['get', 'keys', 'completion'])).toBe(undefined);
  });
});

async function run(...argv: string[]) {
  const invocation = await parse(argv, fixtureRegistry, env);
  if (invocation.kind !== 'run') throw new Error(`${invocation.kind} is not run`);
  const { command, input, settings } = invocation;
  return { name: command.name, input, settings };
}

async function topic(...argv: string[]): Promise<string | undefined> {
  const invocation = await parse(argv, fixtureRegistry, env);
  if (invocation.kind !== 'help') throw new Error(`${invocation.kind} is not help`);
  return invocation.topic;
}

async function thrown(...argv: string[]): Promise<KvError> {
  const error = await parse(argv, fixtureRegistry, env).catch((reason: unknown) => reason);
  if (!(error instanceof KvError)) throw new Error('a KvError is expected');
  expect(error.code).toBe('usage');
  return error;
}

async function fault(...argv: string[]) {
  const { message, hint } = await thrown(...argv);
  return { message, hint };
}

function settings(flags: GlobalFlags, environment: NodeJS.ProcessEnv): string[] {
  const { store, bucket } = resolveSettings(flags, environment);
  return [store, bucket];
}
